-- Sends a SYN to k workers: idle ones first, then those that should finish soonest. A worker that is draining already
-- is not asked again. One step has k of them in all: sent again, it replies with those that it has asked already.
-- ARGV: fencing number, k, µs of one step, µs since the last heartbeat beyond which a worker is not asked, then workers
-- that are not asked either.
-- Replies {'stale'} for an older fencing number than the last one seen, else {'sent', worker, syn id, expiry, ...}.
-- @include base
-- @include fence
if isStale(ARGV[1]) then return { 'stale' } end
local fence = tonumber(ARGV[1])

local own = 'syn-' .. text(fence) .. '-'
local spared, candidates, asked = {}, {}, {}
for index = 5, #ARGV do spared[ARGV[index]] = true end
for _, worker in ipairs(call('ZRANGEBYSCORE', P .. 'workers', now - tonumber(ARGV[4]), '+inf')) do
  local seat = call('HMGET', P .. 'worker:' .. worker, 'syn', 'lease', 'finishAt', 'synUntil')
  if seat[1] and string.sub(seat[1], 1, #own) == own then
    asked[#asked + 1] = { worker, seat[1], seat[4] }
  elseif not seat[1] and not spared[worker] then
    candidates[#candidates + 1] = { worker = worker, finish = seat[2] and math.max(now, tonumber(seat[3])) or 0 }
  end
end
table.sort(candidates, function(a, b)
  if a.finish ~= b.finish then return a.finish < b.finish end
  return a.worker < b.worker
end)

local reply = { 'sent' }
for _, parts in ipairs(asked) do
  for _, part in ipairs(parts) do reply[#reply + 1] = part end
end
for index = 1, math.min(tonumber(ARGV[2]) - #asked, #candidates) do
  local worker = candidates[index].worker
  local expiry = math.max(now, candidates[index].finish) + tonumber(ARGV[3])
  local syn = 'syn-' .. text(fence) .. '-' .. call('INCR', P .. 'syn-number')
  call('HSET', P .. 'worker:' .. worker, 'syn', syn, 'synUntil', text(expiry))
  call('ZADD', P .. 'syns', expiry, worker)
  call('ZREM', P .. 'waiters', worker)
  call('ZREM', P .. 'finish', worker)
  -- Only a nudge: what counts stands in the registry, and the next heartbeat or claim tells it as well.
  call('RPUSH', P .. 'inbox:' .. worker, SCHEMA_VERSION .. '\nsyn\n' .. syn .. '\n' .. text(expiry))
  call('PEXPIRE', P .. 'inbox:' .. worker, 5000)
  for _, part in ipairs({ worker, syn, text(expiry) }) do reply[#reply + 1] = part end
end
return reply
