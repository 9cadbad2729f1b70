-- Sets what this farm does, for every program at once, and marks its keys with the schema version.
-- Each order keeps an index of its own beside `waiting`: `arrival` for fifo, `finish` for triage. A change into fifo
-- puts the waiting tasks into `arrival` first, 1000 to a call, and holds when the last of them is there; until then
-- the farm goes on in its old order, also where whoever changed it has died.
-- ARGV: schema version, cursor ('0' to begin), then field and value in turn.
-- Replies {version that the keys had or nothing, cursor of the next call or '0' when everything is set}.
-- @include base
local config = P .. 'config'
local had = call('HGET', config, 'version')
if had and (tonumber(had) > tonumber(ARGV[1]) or tonumber(had) < tonumber(ARGV[1]) - 1) then return { had, '0' } end
call('HSET', config, 'version', ARGV[1])

local wanted
for index = 3, #ARGV, 2 do
  if ARGV[index] == 'order' then wanted = ARGV[index + 1] end
end
local rule = call('HMGET', config, 'order', 'turningInto')
local order, turningInto = rule[1] or 'triage', rule[2]

-- Replies where the next call goes on, or '0'.
local function indexArrivals()
  local cursor = turningInto == 'fifo' and ARGV[2] or '0'
  call('HSET', config, 'turningInto', 'fifo')
  local found = call('ZSCAN', P .. 'waiting', cursor, 'COUNT', 1000)
  for at = 1, #found[2], 2 do
    local id = found[2][at]
    call('ZADD', P .. 'arrival', call('HGET', P .. 'task:' .. id, 'gen'), id)
  end
  return found[1]
end

local function indexFinishes()
  for _, worker in ipairs(call('ZRANGE', P .. 'workers', 0, -1)) do
    local seat = call('HMGET', P .. 'worker:' .. worker, 'lease', 'finishAt', 'syn')
    if seat[1] and not seat[3] then call('ZADD', P .. 'finish', seat[2], worker) end
  end
end

if wanted and wanted ~= order then
  if wanted == 'fifo' then
    local following = indexArrivals()
    if following ~= '0' then return { had, following } end
  else
    call('UNLINK', P .. 'arrival')
  end
  call('HDEL', config, 'turningInto')
  call('UNLINK', P .. 'finish')
  if wanted == 'triage' then indexFinishes() end
elseif wanted and turningInto then
  -- A change that was not finished, and is not wanted any more.
  call('HDEL', config, 'turningInto')
  if order ~= 'fifo' then call('UNLINK', P .. 'arrival') end
end
for index = 3, #ARGV, 2 do call('HSET', config, ARGV[index], ARGV[index + 1]) end
return { had, '0' }
