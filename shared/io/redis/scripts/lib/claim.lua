-- A worker asks for its next task. Needs base, settings, queue, dispatch, lease.
-- Replies {'task', ...} | {'none'} | {'syn', id, expiry} | {'drained'} | {'unknown'}.
-- A worker holds one lease at a time: asking again, by the same claim or another, returns the one it holds.
local function claim(worker, claimId, waitMicros)
  local seat = call('HMGET', P .. 'worker:' .. worker, 'pod', 'lease', 'task', 'syn', 'synUntil', 'drained')
  if not seat[1] then return { 'unknown' } end
  call('ZREM', P .. 'waiters', worker)
  call('DEL', P .. 'inbox:' .. worker)
  call('HSET', P .. 'worker:' .. worker, 'asked', 1)
  -- Whoever asks lives: without this a worker that was stopped for long could be taken for gone with a fresh lease.
  call('ZADD', P .. 'workers', now, worker)
  if seat[2] then
    local task = call('HMGET', P .. 'task:' .. seat[3], 'st', 'lease')
    if task[1] == 'leased' and task[2] == seat[2] then
      call('HSET', P .. 'task:' .. seat[3], 'ok', 1)
      call('ZADD', P .. 'leases', now + SETTINGS.lease, seat[3])
      return leaseReply(seat[3], seat[2])
    end
    -- An earlier holder has answered the task since.
    releaseSeat(worker, seat[2])
  end
  if seat[6] then return { 'drained' } end
  if seat[4] then
    if now < tonumber(seat[5]) then return { 'syn', seat[4], seat[5] } end
    call('HDEL', P .. 'worker:' .. worker, 'syn', 'synUntil')
    count('synExpired', 1)
  end
  local id, lease = leaseNext(worker, claimId, true)
  if id then return leaseReply(id, lease) end
  call('ZADD', P .. 'waiters', now + waitMicros, worker)
  return { 'none' }
end
