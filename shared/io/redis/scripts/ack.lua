-- A worker that has no task acknowledges its SYN: from now on it may be removed.
-- ARGV: worker, syn id, pod. Replies 1, or 0 where the SYN has expired or was taken back: the worker goes on working.
-- @include base
local seat = call('HMGET', P .. 'worker:' .. ARGV[1], 'syn', 'synUntil', 'drained', 'lease')
if seat[1] == ARGV[2] and seat[3] then return 1 end
if seat[1] ~= ARGV[2] or now >= tonumber(seat[2]) or seat[4] then
  count('ackRefused', 1)
  return 0
end
call('HSET', P .. 'worker:' .. ARGV[1], 'drained', text(now), 'pod', ARGV[3])
call('ZREM', P .. 'syns', ARGV[1])
call('ZREM', P .. 'waiters', ARGV[1])
-- What lies there unread is over; the next word is that it is taken back.
call('DEL', P .. 'inbox:' .. ARGV[1])
call('RPUSH', P .. 'acks', ARGV[1])
call('LTRIM', P .. 'acks', -100, -1)
call('PEXPIRE', P .. 'acks', 5000)
return 1
