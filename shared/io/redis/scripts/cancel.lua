-- Cancels a task that no worker has yet.
-- ARGV: task, µs that the cancelled task can still be read.
-- Replies cancelled | the state that it is in | nothing where it is not known.
-- @include base
-- @include settings
-- @include queue
local key = P .. 'task:' .. ARGV[1]
local task = call('HMGET', key, 'st', 'exp')
if task[1] == 'waiting' then
  unqueue(ARGV[1], task[2])
  count('withdrawn', 1)
elseif task[1] == 'delayed' then
  call('ZREM', P .. 'delayed', ARGV[1])
else
  return task[1]
end
call('HSET', key, 'st', 'cancelled', 'col', now)
call('ZREM', P .. 'due', ARGV[1])
call('ZREM', P .. 'discardable', ARGV[1])
call('ZADD', P .. 'expiring', now + tonumber(ARGV[2]), ARGV[1])
count('cancelled', 1)
return 'cancelled'
