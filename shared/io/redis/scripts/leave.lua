-- A worker leaves the registry, or whoever saw its process end says so. A task that it still had goes back:
-- as an attempt where the process crashed, without one where it stopped by itself.
-- ARGV: worker, stopped | crashed. Replies 1 where it was in the registry.
-- @include base
-- @include settings
-- @include queue
-- @include finish
-- @include dispatch
-- @include lease
-- @include hand
-- @include unhand
-- @include serve
-- @include worker
local worker = ARGV[1]
local seat = call('HMGET', P .. 'worker:' .. worker, 'pod', 'task')
if not seat[1] then return 0 end
local id = seat[2]
if id then
  releaseSeat(worker)
  emptyHand(worker)
  if ARGV[2] == 'crashed' and call('HGET', P .. 'task:' .. id, 'ok') == '1' then
    count('attemptsFailed', 1)
    failAttempt(id, 'worker ' .. worker .. ' ended without an answer')
  else
    count('handedBack', 1)
    enqueueAgain(id)
  end
end
forgetWorker(worker)
serveWaiters()
return 1
