-- A worker confirms a task that came to its inbox: from now on the lease has its full length.
-- ARGV: worker, task, lease. Replies 1, or 0 where the lease has ended.
-- @include base
-- @include settings
-- @include holder
-- @include dispatch
-- @include lease
if not holdsLease(ARGV[1], ARGV[2], ARGV[3]) then return 0 end
renew(ARGV[1], ARGV[2])
call('ZADD', P .. 'workers', 'XX', now, ARGV[1])
return 1
