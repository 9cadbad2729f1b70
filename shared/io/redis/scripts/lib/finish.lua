-- The ends of an attempt. Needs base, settings.

-- The answer that counts: the task goes to the result queue. Further fields of the task are written with it: `why`
-- where it is not done.
local function settle(id, outcome, ...)
  call('HSET', P .. 'task:' .. id, 'st', 'answered', 'out', outcome, ...)
  local answered = call('RPUSH', P .. 'answered', id)
  -- One of the collectors that wait for answers. Where others lie there one has been told, and takes them all; now and
  -- then another is told, should that one have died.
  if answered % 8 ~= 1 then return end
  local waiter = call('ZPOPMAX', P .. 'collectors')
  if waiter[1] and tonumber(waiter[2]) > now then
    call('RPUSH', P .. 'inbox:' .. waiter[1], '1')
    call('PEXPIRE', P .. 'inbox:' .. waiter[1], 5000)
  end
end

-- An attempt that failed or crashed: another one after a back-off that doubles, or a failed Result after the last.
local function failAttempt(id, reason)
  local failed = call('HINCRBY', P .. 'task:' .. id, 'att', 1)
  local most = setting('attempts')
  if failed >= most then
    settle(id, 'error', 'why', reason .. ' (attempt ' .. failed .. ' of ' .. most .. ')')
    return
  end
  local backoff = math.min(setting('backoff') * 2 ^ (failed - 1), 30000000)
  call('HSET', P .. 'task:' .. id, 'st', 'delayed', 'why', reason)
  call('ZADD', P .. 'delayed', now + backoff, id)
  count('retried', 1)
end
