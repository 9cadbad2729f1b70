-- What a worker has at hand: tasks that are leased to it behind a short one, so that it need not wait for a reply between
-- the two. Needs base, settings, dispatch, lease.
-- Only a worker that holds a lease has anything at hand: where that lease ends without an answer, the hand goes back, and
-- no attempt is counted for what had not been begun.

-- What may lie at hand behind a task that should take this long, in µs: ten times as long as a reply takes.
local SHORT = 2000

local function handOf(worker)
  return P .. 'hand:' .. worker
end

-- Its lease, its task, the expected service time.
local function partsOf(element)
  return string.match(element, '^([^\n]*)\n([^\n]*)\n(%d+)$')
end

-- A task that was looked at stays where it was.
local function putBack(id, task)
  call('ZADD', P .. 'waiting', text(task[6] - task[4]), id)
  if KEEPS_ARRIVAL then call('ZADD', P .. 'arrival', task[5], id) end
end

-- Leases further tasks behind one that should take `expected` µs, until `size` of them lie at hand or the next one is not
-- short: others may be free for that, and a worker that is asked to drain has little left to do.
-- Returns what the worker is told about each, or nothing where there are none.
local function fillHand(worker, asker, size, expected)
  local told, elements, work = {}, {}, 0
  while #told < size and expected <= SHORT do
    local id = takeTask()
    if not id then break end
    local task = taskOf(id)
    expected = tonumber(task[4])
    if expected > SHORT then
      putBack(id, task)
      break
    end
    local lease = nameLease(asker, task)
    work = work + expected
    call('HSET', P .. 'task:' .. id, 'st', 'leased', 'wk', worker, 'ok', '0')
    elements[#elements + 1] = lease .. '\n' .. id .. '\n' .. task[4]
    told[#told + 1] = leaseReply(id, lease, task)
  end
  if not told[1] then return end
  if work ~= 0 then count('waitingWork', text(-work)) end
  call('RPUSH', handOf(worker), unpack(elements))
  return told
end

-- The element of a task that the worker has at hand, by this lease where one is given.
local function atHand(worker, task, lease)
  for _, element in ipairs(call('LRANGE', handOf(worker), 0, -1)) do
    local its, id = partsOf(element)
    if id == task and (not lease or its == lease) then return element end
  end
end

-- What the worker was told about all that it has at hand.
local function told(worker)
  local told = {}
  for index, element in ipairs(call('LRANGE', handOf(worker), 0, -1)) do
    local lease, id = partsOf(element)
    told[index] = leaseReply(id, lease, taskOf(id))
  end
  return told[1] and told
end

-- The worker has answered and goes on with what it has at hand; the last of it brings more. Returns what it is told, or
-- nothing where it has nothing at hand.
local function goOn(worker, asker, size)
  local lease, id, expected = partsOf(call('LPOP', handOf(worker)) or '')
  if not id then return end
  call('HSET', P .. 'task:' .. id, 'ok', '1')
  enterLease(worker, lease, id, text(now + expected), text(now + LEASE))
  if size == 0 or call('EXISTS', handOf(worker)) == 1 then return 'busy' end
  return 'busy', fillHand(worker, asker, size, tonumber(expected))
end
