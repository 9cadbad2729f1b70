-- Taking the next task out of the worker queue. Needs base, settings.

-- Its parts are made when it is called: where all is well under the `deadline` order it is not.
local function chooseTask()
-- @include choose
end

-- Takes the next task out of the worker queue. Where it is the first one anyway, choosing and taking are one command.
local function takeTask()
  if ORDER == 'deadline' then
    local first = call('ZPOPMIN', P .. 'waiting')
    if not first[1] then return end
    if tonumber(first[2]) < now then
      call('ZADD', P .. 'waiting', first[2], first[1])
      first[1] = chooseTask()
      call('ZREM', P .. 'waiting', first[1])
    end
    if KEEPS_ARRIVAL then call('ZREM', P .. 'arrival', first[1]) end
    return first[1]
  end
  local id = chooseTask()
  if not id then return end
  call('ZREM', P .. 'waiting', id)
  if KEEPS_ARRIVAL then call('ZREM', P .. 'arrival', id) end
  return id
end
