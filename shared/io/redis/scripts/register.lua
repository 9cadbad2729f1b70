-- A worker enters the registry. Entering again changes nothing but its heartbeat.
-- ARGV: worker, pod, µs that it has cost before. Replies the farm's clock.
-- @include base
-- From here on there may be leases, so from here on it matters how long nobody has looked.
call('HSETNX', P .. 'reaper', 'at', text(now))
call('HSETNX', P .. 'worker:' .. ARGV[1], 'started', text(now - tonumber(ARGV[3])))
call('HSET', P .. 'worker:' .. ARGV[1], 'pod', ARGV[2])
call('ZADD', P .. 'workers', now, ARGV[1])
return text(now)
