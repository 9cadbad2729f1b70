-- Handing a task to a worker. Needs base, settings, dispatch.
-- A worker's entry names the lease that it holds, exactly as long as the task is leased to it: whoever ends the one
-- ends the other. `leases` lists these workers by a moment before which their lease does not end; when that has come,
-- `until` in the worker's entry may name a later one. So a worker that goes from task to task is listed once in a
-- lease's length, and not anew for each task.

local function taskOf(id)
  return call('HMGET', P .. 'task:' .. id, 'opt', 'type', 'in', 'exp', 'gen', 'dl', 'att', 'gn')
end

-- What a worker is told about its task, in the order that seat.ts reads: one text, because a list takes Redis longer to
-- write and the worker twice as long to read. The options come last, since they may have lines of their own.
local function leaseReply(id, lease, task)
  return 'task\n' .. lease .. '\n' .. id .. '\n' .. task[2] .. '\n' .. (task[3] or '') .. '\n' .. task[4] .. '\n' .. task[5]
    .. '\n' .. task[6] .. '\n' .. (task[7] or '0') .. '\n' .. (task[8] or '0') .. '\n' .. task[1]
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

-- The lease's name begins with what asked for it, and ends with the number of the claim and the generation of the task:
-- no other lease ever has it, whatever is sent twice or enters again.
local function nameLease(asker, task)
  return asker .. ':' .. call('HINCRBY', P .. 'counters', 'claimed', '1') .. ':' .. (task[8] or '0')
end

-- Writes into the worker's entry what it does now.
local function enterLease(worker, lease, id, finish, ends)
  if ORDER == 'triage' then call('ZADD', P .. 'finish', finish, worker) end
  call('HSET', P .. 'worker:' .. worker, 'lease', lease, 'task', id, 'finishAt', finish, 'until', ends)
end

-- Leases the next task to a worker.
-- An unconfirmed lease lasts one second: the worker has not said yet that it is there.
-- isListed: the worker has been in `leases` until now, by the lease that it has just answered.
-- Returns what the worker is told and the expected service time in µs, or nothing where no task waits.
local function leaseNext(worker, asker, confirmed, isListed)
  local id = takeTask()
  if not id then return end
  local task = taskOf(id)
  local expected = task[4]
  local lease = nameLease(asker, task)
  local ends = text(now + (confirmed and LEASE or 1000000))
  if expected ~= '0' then count('waitingWork', '-' .. expected) end
  if not isListed then call('ZADD', P .. 'leases', ends, worker) end
  call('HSET', P .. 'task:' .. id, 'st', 'leased', 'wk', worker, 'ok', confirmed and '1' or '0')
  enterLease(worker, lease, id, text(now + expected), ends)
  return leaseReply(id, lease, task), tonumber(expected)
end
