-- A worker confirms a task that came to its inbox: from now on the lease has its full length.
-- ARGV: worker, task, lease. Replies 1, or 0 where the lease has ended.
-- @include base
-- @include settings
local task = call('HMGET', P .. 'task:' .. ARGV[2], 'lease', 'st')
if task[1] ~= ARGV[3] or task[2] ~= 'leased' then return 0 end
call('HSET', P .. 'task:' .. ARGV[2], 'ok', 1)
call('ZADD', P .. 'leases', now + SETTINGS.lease, ARGV[2])
call('ZADD', P .. 'workers', 'XX', now, ARGV[1])
return 1
