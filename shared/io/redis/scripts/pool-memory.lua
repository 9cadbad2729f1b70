-- What an autoscaler remembers of its pool from step to step: keeps it, unless a newer step has acted since.
-- ARGV: fencing number, memory. Replies 1, or 0 where this step was overtaken.
-- @include base
-- @include fence
if isStale(ARGV[1]) then return 0 end
call('SET', P .. 'pool-memory', ARGV[2])
return 1
