-- Handing a task to a worker. Needs base, settings, queue, dispatch.
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

-- Whether the worker holds this lease of this task.
local function holdsLease(worker, id, lease)
  local entry = call('HMGET', P .. 'worker:' .. worker, 'task', 'lease')
  return entry[1] == id and entry[2] == lease
end

-- From now on the lease has its full length, and where it ends unanswered, that was an attempt.
local function renew(worker, id)
  call('HSET', P .. 'task:' .. id, 'ok', '1')
  call('ZADD', P .. 'leases', text(now + SETTINGS.lease), worker)
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
  call('ZADD', P .. 'leases', text(now + (confirmed and SETTINGS.lease or 1000000)), worker)
  expectFree(worker, finish)
  call('HSET', P .. 'task:' .. id, 'st', 'leased', 'wk', worker, 'ok', confirmed and '1' or '0')
  call('HSET', P .. 'worker:' .. worker, 'lease', lease, 'task', id, 'finishAt', finish)
  return reply
end

-- Whether a lease was for the present generation of its task.
local function isOfGeneration(lease, generation)
  local ending = ':' .. generation
  return string.sub(lease, -#ending) == ending
end

-- Hands waiting tasks to waiting workers, straight into their inboxes, until either runs out.
local function serveWaiters()
  while call('ZCARD', P .. 'waiting') > 0 do
    local waiter = call('ZPOPMAX', P .. 'waiters')
    local worker = waiter[1]
    if not worker then return end
    if tonumber(waiter[2]) > now then
      call('RPUSH', P .. 'inbox:' .. worker, cjson.encode(leaseNext(worker, worker, false)))
      call('PEXPIRE', P .. 'inbox:' .. worker, '5000')
    end
  end
end
