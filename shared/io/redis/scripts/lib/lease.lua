-- Handing a task to a worker. Needs base, settings, dispatch.
-- A worker's entry names the lease that it holds, exactly as long as the task is leased to it: whoever ends the one
-- ends the other. `leases` lists these workers by the end of their lease.

-- What a worker is told about its task, in the order that seat.ts reads.
local function leaseReply(id, lease)
  local task = call('HMGET', P .. 'task:' .. id, 'type', 'opt', 'in', 'exp', 'gen', 'dl', 'att', 'gn')
  return { 'task', lease, id, task[1], task[2], task[3], task[4], task[5], task[6], task[7] or '0', task[8] or '0' }
end

-- The worker holds no lease any more.
local function releaseSeat(worker)
  call('HDEL', P .. 'worker:' .. worker, 'lease', 'task')
  call('ZREM', P .. 'leases', worker)
  call('ZREM', P .. 'finish', worker)
end

-- From now on the lease has its full length, and where it ends unanswered, that was an attempt.
local function renew(worker, id)
  call('HSET', P .. 'task:' .. id, 'ok', '1')
  call('ZADD', P .. 'leases', text(now + LEASE), worker)
end

-- Leases the next task to a worker. The lease's name begins with what asked for it, and ends with the number of the
-- claim and the generation of the task: no other lease ever has it, whatever is sent twice or enters again.
-- An unconfirmed lease lasts one second: the worker has not said yet that it is there.
-- Returns what the worker is told, or nothing where no task waits.
local function leaseNext(worker, asker, confirmed)
  local id = takeTask()
  if not id then return end
  local reply = leaseReply(id)
  local expected, generation = reply[7], reply[11]
  local lease = asker .. ':' .. call('HINCRBY', P .. 'counters', 'claimed', '1') .. ':' .. generation
  local finish = text(now + expected)
  reply[2] = lease
  if expected ~= '0' then count('waitingWork', '-' .. expected) end
  call('ZADD', P .. 'leases', text(now + (confirmed and LEASE or 1000000)), worker)
  if ORDER == 'triage' then call('ZADD', P .. 'finish', finish, worker) end
  call('HSET', P .. 'task:' .. id, 'st', 'leased', 'wk', worker, 'ok', confirmed and '1' or '0')
  call('HSET', P .. 'worker:' .. worker, 'lease', lease, 'task', id, 'finishAt', finish)
  return reply
end
