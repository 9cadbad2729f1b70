-- A worker asks for its next task. Needs base, settings, queue, dispatch, lease.
-- Replies {'task', ...} | {'none'} | {'syn', id, expiry} | {'drained'} | {'unknown'}.
-- A worker holds one lease at a time: asking again, by the same claim or another, returns the one it holds.

-- What the worker is told where it may take no new task.
local function barred(worker, syn, synUntil, drained)
  if drained then return { 'drained' } end
  if not syn then return end
  if now < tonumber(synUntil) then return { 'syn', syn, synUntil } end
  call('HDEL', P .. 'worker:' .. worker, 'syn', 'synUntil')
  count('synExpired', 1)
end

-- The lease that the worker holds, again and in full; nothing where an earlier holder has answered the task since.
local function held(id, lease)
  local task = call('HMGET', P .. 'task:' .. id, 'st', 'lease')
  if task[1] ~= 'leased' or task[2] ~= lease then return end
  call('HSET', P .. 'task:' .. id, 'ok', 1)
  call('ZADD', P .. 'leases', now + SETTINGS.lease, id)
  return leaseReply(id, lease)
end

-- done: the lease that the worker has answered in this very script, or nothing. Until now it has held that one: it is
-- not listed as waiting, no hand-over lies in its inbox, and a new lease is written over the old one.
local function claim(worker, claimId, waitMicros, done)
  local key = P .. 'worker:' .. worker
  local seat = call('HMGET', key, 'pod', 'lease', 'task', 'syn', 'synUntil', 'drained', 'asked')
  if not seat[1] then return { 'unknown' } end
  -- Whoever asks lives: without this a worker that was stopped for long could be taken for gone with a fresh lease.
  call('ZADD', P .. 'workers', text(now), worker)
  local hasAnswered = seat[2] and seat[2] == done
  if not hasAnswered then
    call('ZREM', P .. 'waiters', worker)
    call('DEL', P .. 'inbox:' .. worker)
    if not seat[7] then call('HSET', key, 'asked', 1) end
    local again = seat[2] and held(seat[3], seat[2])
    if again then return again end
    -- An earlier holder has answered the task since.
    if seat[2] then releaseSeat(worker, seat[2]) end
  end
  local bar = barred(worker, seat[4], seat[5], seat[6])
  local task = not bar and leaseNext(worker, claimId, true)
  if task then return task end
  if hasAnswered then
    releaseSeat(worker, done)
    call('DEL', P .. 'inbox:' .. worker)
  end
  if bar then return bar end
  call('ZADD', P .. 'waiters', text(now + waitMicros), worker)
  return { 'none' }
end
