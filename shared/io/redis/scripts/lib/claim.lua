-- A worker asks for its next task. Needs base, settings, dispatch, lease, hand.
-- Replies a text of lines: task, ... | busy (go on with what is at hand) | none | syn, id, expiry | drained | unknown,
-- and where there is more to lie at hand, a list of what it is told about each.
-- A worker holds one lease at a time, and what it has at hand behind it: asking again, by the same claim or another,
-- returns those.

-- How long a worker that asks and asks is not listed as alive anew: much shorter than it takes to be given up, in µs.
local SEEN_FOR = 500000

-- What the entry of a worker says: whether it is known, lease, task, SYN, when a claim last listed it as alive.
local function entryOf(worker)
  return call('HMGET', P .. 'worker:' .. worker, 'pod', 'lease', 'task', 'syn', 'seen')
end

-- What a worker that has a SYN is told, where it may take no new task.
local function barred(worker, syn)
  local more = call('HMGET', P .. 'worker:' .. worker, 'synUntil', 'drained')
  if more[2] then return 'drained' end
  if now < tonumber(more[1]) then return 'syn\n' .. syn .. '\n' .. more[1] end
  call('HDEL', P .. 'worker:' .. worker, 'syn', 'synUntil')
  count('synExpired', 1)
end

-- entry: as the worker's entry was when this script began. hasAnswered: the worker has answered the lease that it
-- names in this very script. Until now it has held that one: it is not listed as waiting, no hand-over lies in its
-- inbox, and a new lease is written over the old one. handSize: how many tasks it wants at hand behind a short one.
local function claim(worker, entry, hasAnswered, claimId, waitMicros, handSize)
  if not entry[1] then return 'unknown' end
  -- Whoever asks lives: without this a worker that was stopped for long could be taken for gone with a fresh lease.
  if not entry[5] or now - entry[5] >= SEEN_FOR then
    call('ZADD', P .. 'workers', text(now), worker)
    call('HSET', P .. 'worker:' .. worker, 'seen', text(now))
  end
  if not hasAnswered then
    call('ZREM', P .. 'waiters', worker)
    call('DEL', P .. 'inbox:' .. worker)
    if entry[2] then
      renew(worker, entry[3])
      return leaseReply(entry[3], entry[2], taskOf(entry[3])), told(worker)
    end
  end
  local bar = entry[4] and barred(worker, entry[4])
  if hasAnswered then
    local word, more = goOn(worker, claimId, bar and 0 or handSize)
    if word then
      -- It will not be free for another task.
      if bar then call('ZREM', P .. 'finish', worker) end
      return word, more
    end
  end
  local task, expected
  if not bar then task, expected = leaseNext(worker, claimId, true, hasAnswered) end
  if task then return task, fillHand(worker, claimId, handSize, expected) end
  if hasAnswered then
    releaseSeat(worker)
    call('DEL', P .. 'inbox:' .. worker)
  end
  if bar then return bar end
  call('ZADD', P .. 'waiters', text(now + waitMicros), worker)
  return 'none'
end
