-- A worker enters the registry. Entering again changes nothing but its heartbeat.
-- ARGV: worker, pod. Replies the farm's clock.
-- @include base
call('HSETNX', P .. 'worker:' .. ARGV[1], 'started', now)
call('HSET', P .. 'worker:' .. ARGV[1], 'pod', ARGV[2])
call('ZADD', P .. 'workers', now, ARGV[1])
return text(now)
