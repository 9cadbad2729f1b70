-- A worker gives its task back undone: no attempt is counted, and the task keeps its place.
-- ARGV: worker, task, lease. Replies 1, or 0 where the worker no longer held it.
-- @include base
-- @include settings
-- @include queue
-- @include finish
-- @include dispatch
-- @include lease
local task = call('HMGET', P .. 'task:' .. ARGV[2], 'lease', 'st')
releaseSeat(ARGV[1], ARGV[3])
if task[1] ~= ARGV[3] or task[2] ~= 'leased' then return 0 end
call('ZREM', P .. 'leases', ARGV[2])
count('handedBack', 1)
enqueueAgain(ARGV[2])
serveWaiters()
return 1
