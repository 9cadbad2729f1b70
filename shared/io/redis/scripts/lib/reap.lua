-- Everything that becomes due by time alone. Needs all the others. Any program may call it, several do, once a second;
-- one call does a bounded amount.

local function reapLease(worker)
  local seat = call('HMGET', P .. 'worker:' .. worker, 'task', 'until')
  local id = seat[1]
  -- It has had a task after the one that it was listed for.
  if seat[2] and tonumber(seat[2]) > now then
    call('ZADD', P .. 'leases', seat[2], worker)
    return
  end
  releaseSeat(worker)
  emptyHand(worker)
  if call('HGET', P .. 'task:' .. id, 'ok') == '0' then
    -- The hand-over lies unread in its inbox: read later, a worker that has drained since would begin to work.
    call('DEL', P .. 'inbox:' .. worker)
    count('handedBack', 1)
    enqueueAgain(id)
  else
    count('attemptsFailed', 1)
    failAttempt(id, 'worker ' .. worker .. ' was lost: its lease ended without an answer')
  end
end

-- A worker that was not heard of for long. Where its lease still lasts, that has to end first.
local function reapWorker(worker)
  if not call('ZSCORE', P .. 'leases', worker) then forgetWorker(worker) end
end

local function reapDelayed(id)
  call('ZREM', P .. 'delayed', id)
  enqueueAgain(id)
end

-- A task that was to be given up once it is lost, and has not been claimed.
local function reapDiscardable(id)
  local task = call('HMGET', P .. 'task:' .. id, 'st', 'exp')
  call('ZREM', P .. 'discardable', id)
  if task[1] == 'waiting' then
    unqueue(id, task[2])
    count('withdrawn', 1)
  elseif task[1] == 'delayed' then
    call('ZREM', P .. 'delayed', id)
  else
    -- While a worker has it, it may still come back; answered, it has been left here, because nobody had to know.
    if task[1] == 'leased' then call('ZADD', P .. 'discardable', now + LEASE, id) end
    return
  end
  settle(id, 'discarded', 'why', 'its deadline could no longer be met, and it asked to be discarded then')
end

local function reapSyn(worker)
  call('ZREM', P .. 'syns', worker)
  local seat = call('HMGET', P .. 'worker:' .. worker, 'syn', 'drained', 'lease', 'finishAt')
  if not seat[1] or seat[2] then return end
  call('HDEL', P .. 'worker:' .. worker, 'syn', 'synUntil')
  if seat[3] then expectFree(worker, seat[4]) end
  count('synExpired', 1)
end

local function each(key, upTo, limit, act)
  for _, member in ipairs(call('ZRANGEBYSCORE', P .. key, '-inf', upTo, 'LIMIT', 0, limit)) do act(member) end
end

-- Nobody has looked for a while: Redis, or everybody, was away. Whoever holds a lease gets one lease length to renew.
-- Where the looks themselves are that far apart, because only an autoscaler is left, the third of them takes back.
local function notesGap()
  local seen = call('HMGET', P .. 'reaper', 'at', 'holdUntil', 'gaps')
  local holdUntil, gaps = tonumber(seen[2] or 0), 0
  if seen[1] and now - tonumber(seen[1]) > 3000000 then
    gaps = tonumber(seen[3] or 0) + 1
    holdUntil = gaps < 3 and now + LEASE or 0
  end
  call('HSET', P .. 'reaper', 'at', text(now), 'holdUntil', text(holdUntil), 'gaps', gaps)
  return now < holdUntil
end

local function reap()
  local holds = notesGap()
  each('delayed', now, 100, reapDelayed)
  each('discardable', now, 100, reapDiscardable)
  each('syns', now, 100, reapSyn)
  if not holds then
    each('leases', now, 50, reapLease)
    each('workers', now - 2 * LEASE, 50, reapWorker)
  end
  serveWaiters()
end
