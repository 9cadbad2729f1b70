-- Handing a task to a worker. Needs base, settings, queue, dispatch.

-- What a worker is told about its task, in the order that worker-seat.ts reads.
local function leaseReply(id, lease)
  local task = call('HMGET', P .. 'task:' .. id, 'type', 'opt', 'in', 'exp', 'gen', 'dl', 'att', 'gn')
  return { 'task', lease, id, task[1], task[2], task[3], task[4], task[5], task[6], task[7], task[8] }
end

-- The worker no longer holds this lease, where it still does.
local function releaseSeat(worker, lease)
  if call('HGET', P .. 'worker:' .. worker, 'lease') ~= lease then return end
  call('HDEL', P .. 'worker:' .. worker, 'lease', 'task')
  call('ZREM', P .. 'finish', worker)
end

-- Leases the next task to a worker. The lease's name begins with what asked for it, and ends with the number of the
-- claim and the generation of the task: no other lease ever has it, whatever is sent twice or enters again.
-- An unconfirmed lease lasts one second: the worker has not said yet that it is there.
-- Returns the task's id and the lease, or nothing where none waits.
local function leaseNext(worker, asker, confirmed)
  local number = tonumber(call('HGET', P .. 'counters', 'claimed') or 0) + 1
  local id = chooseTask(number)
  if not id then return end
  local task = call('HMGET', P .. 'task:' .. id, 'exp', 'gn')
  local expected = tonumber(task[1])
  local lease = asker .. ':' .. text(number) .. ':' .. task[2]
  unqueue(id, expected)
  count('claimed', 1)
  call('ZADD', P .. 'leases', now + (confirmed and SETTINGS.lease or 1000000), id)
  call('ZADD', P .. 'finish', now + expected, worker)
  call('HSET', P .. 'task:' .. id, 'st', 'leased', 'lease', lease, 'wk', worker, 'ok', confirmed and 1 or 0)
  call('HSET', P .. 'worker:' .. worker, 'lease', lease, 'task', id, 'finishAt', now + expected)
  return id, lease
end

-- Whether a lease was for the present generation of its task.
local function isOfGeneration(lease, generation)
  return string.match(lease, '%d+$') == generation
end

-- Hands waiting tasks to waiting workers, straight into their inboxes, until either runs out.
local function serveWaiters()
  while call('ZCARD', P .. 'waiting') > 0 do
    local waiter = call('ZPOPMAX', P .. 'waiters')
    local worker = waiter[1]
    if not worker then return end
    if tonumber(waiter[2]) > now then
      local id, lease = leaseNext(worker, worker, false)
      call('RPUSH', P .. 'inbox:' .. worker, cjson.encode(leaseReply(id, lease)))
      call('PEXPIRE', P .. 'inbox:' .. worker, 5000)
    end
  end
end
