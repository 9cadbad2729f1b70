-- Needs base, settings, dispatch, lease.

-- Hands waiting tasks to waiting workers, straight into their inboxes, until either runs out.
local function serveWaiters()
  while call('ZCARD', P .. 'waiting') > 0 do
    local waiter = call('ZPOPMAX', P .. 'waiters')
    local worker = waiter[1]
    if not worker then return end
    if tonumber(waiter[2]) > now then
      call('RPUSH', P .. 'inbox:' .. worker, SCHEMA_VERSION .. '\n' .. leaseNext(worker, worker, false))
      call('PEXPIRE', P .. 'inbox:' .. worker, '5000')
    end
  end
end
