-- A worker gives its task back undone: no attempt is counted, and the task keeps its place.
-- ARGV: worker, task, lease. Replies 1, or 0 where the worker no longer held it.
-- @include base
-- @include settings
-- @include holder
-- @include queue
-- @include finish
-- @include dispatch
-- @include lease
-- @include serve
if not holdsLease(ARGV[1], ARGV[2], ARGV[3]) then return 0 end
releaseSeat(ARGV[1])
count('handedBack', 1)
enqueueAgain(ARGV[2])
serveWaiters()
return 1
