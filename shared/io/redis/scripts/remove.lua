-- Marks drained workers as about to be removed: from now on they are not taken back. One whose pod has another worker
-- by now, because its container has started again, is not marked: that other one was never asked.
-- ARGV: fencing number, workers. Replies {'stale'} or {'removing', those that may be removed, ...}.
-- @include base
-- @include fence
if isStale(ARGV[1]) then return { 'stale' } end
local inUse = {}
for _, worker in ipairs(call('ZRANGE', P .. 'workers', 0, -1)) do
  local seat = call('HMGET', P .. 'worker:' .. worker, 'pod', 'drained')
  if seat[1] and not seat[2] then inUse[seat[1]] = true end
end
local reply = { 'removing' }
for index = 2, #ARGV do
  local seat = call('HMGET', P .. 'worker:' .. ARGV[index], 'pod', 'drained')
  if seat[2] and not inUse[seat[1]] then
    call('HSET', P .. 'worker:' .. ARGV[index], 'removing', text(now))
    reply[#reply + 1] = ARGV[index]
  end
end
return reply
