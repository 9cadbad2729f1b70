-- A worker gives a task back undone, which it does or has at hand: no attempt is counted, and the task keeps its place.
-- ARGV: worker, task, lease. Replies 1, or 0 where the worker no longer held it.
-- @include base
-- @include settings
-- @include holder
-- @include queue
-- @include finish
-- @include dispatch
-- @include lease
-- @include hand
-- @include unhand
-- @include serve
if holdsLease(ARGV[1], ARGV[2], ARGV[3]) then
  releaseSeat(ARGV[1])
  emptyHand(ARGV[1])
elseif not outOfHand(ARGV[1], ARGV[2], ARGV[3]) then
  return 0
end
count('handedBack', 1)
enqueueAgain(ARGV[2])
serveWaiters()
return 1
