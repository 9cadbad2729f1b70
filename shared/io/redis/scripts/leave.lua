-- A worker leaves the registry, or whoever saw its process end says so. A task that it still had goes back:
-- as an attempt where the process crashed, without one where it stopped by itself.
-- ARGV: worker, stopped | crashed. Replies 1 where it was in the registry.
-- @include base
-- @include settings
-- @include queue
-- @include finish
-- @include dispatch
-- @include lease
-- @include worker
local worker = ARGV[1]
local seat = call('HMGET', P .. 'worker:' .. worker, 'pod', 'lease', 'task')
if not seat[1] then return 0 end
if seat[2] then
  local task = call('HMGET', P .. 'task:' .. seat[3], 'lease', 'st', 'ok')
  if task[1] == seat[2] and task[2] == 'leased' then
    call('ZREM', P .. 'leases', seat[3])
    if ARGV[2] == 'crashed' and task[3] == '1' then
      count('attemptsFailed', 1)
      failAttempt(seat[3], 'worker ' .. worker .. ' ended without an answer')
    else
      count('handedBack', 1)
      enqueueAgain(seat[3])
    end
  end
end
forgetWorker(worker)
serveWaiters()
return 1
