-- Takes SYNs back, drained workers first: they go on claiming, and no new worker has to start. One step takes back k
-- in all: sent again, it replies with those that it has taken back already.
-- ARGV: fencing number, k, then workers that are not to be taken back (their removal has been asked for).
-- Replies {'stale'} or {'resumed', worker, ...}.
-- @include base
-- @include fence
-- @include settings
-- @include queue
if isStale(ARGV[1]) then return { 'stale' } end
local spared = {}
for index = 3, #ARGV do spared[ARGV[index]] = true end

local reply = { 'resumed' }
local drained, draining = {}, {}
for _, worker in ipairs(call('ZRANGE', P .. 'workers', 0, -1)) do
  local seat = call('HMGET', P .. 'worker:' .. worker, 'syn', 'drained', 'removing', 'resumedBy')
  if not seat[1] and seat[4] == ARGV[1] then
    reply[#reply + 1] = worker
  elseif seat[1] and not seat[3] and not spared[worker] then
    local list = seat[2] and drained or draining
    list[#list + 1] = worker
  end
end
for _, worker in ipairs(draining) do drained[#drained + 1] = worker end

for index = 1, math.min(tonumber(ARGV[2]) - #reply + 1, #drained) do
  local worker = drained[index]
  call('HDEL', P .. 'worker:' .. worker, 'syn', 'synUntil', 'drained')
  call('HSET', P .. 'worker:' .. worker, 'resumedBy', ARGV[1])
  call('ZREM', P .. 'syns', worker)
  local seat = call('HMGET', P .. 'worker:' .. worker, 'lease', 'finishAt')
  if seat[1] then expectFree(worker, seat[2]) end
  call('RPUSH', P .. 'inbox:' .. worker, SCHEMA_VERSION .. '\nresume')
  call('PEXPIRE', P .. 'inbox:' .. worker, 5000)
  reply[#reply + 1] = worker
end
return reply
