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

-- Leases the next task to a worker, under the name that the worker or its inbox gives to this claim.
-- An unconfirmed lease lasts one second: the worker has not said yet that it is there.
-- Returns the task's id, or nothing where none waits.
local function leaseNext(worker, lease, confirmed)
  local id = chooseTask(tonumber(call('HGET', P .. 'counters', 'claimed') or 0) + 1)
  if not id then return end
  local expected = tonumber(call('HGET', P .. 'task:' .. id, 'exp'))
  unqueue(id, expected)
  count('claimed', 1)
  call('ZADD', P .. 'leases', now + (confirmed and SETTINGS.lease or 1000000), id)
  call('ZADD', P .. 'finish', now + expected, worker)
  call('HSET', P .. 'task:' .. id, 'st', 'leased', 'lease', lease, 'wk', worker, 'ok', confirmed and 1 or 0)
  call('HSET', P .. 'worker:' .. worker, 'lease', lease, 'task', id, 'finishAt', now + expected)
  return id
end

-- Hands waiting tasks to waiting workers, straight into their inboxes, until either runs out.
local function serveWaiters()
  while call('ZCARD', P .. 'waiting') > 0 do
    local waiter = call('ZPOPMAX', P .. 'waiters')
    local worker = waiter[1]
    if not worker then return end
    if tonumber(waiter[2]) > now then
      local lease = worker .. ':' .. call('HINCRBY', P .. 'worker:' .. worker, 'handed', 1)
      local id = leaseNext(worker, lease, false)
      call('RPUSH', P .. 'inbox:' .. worker, cjson.encode(leaseReply(id, lease)))
      call('PEXPIRE', P .. 'inbox:' .. worker, 5000)
    end
  end
end
