-- A worker answers a task and, in the same step, asks for the next one.
-- The first answer counts, also one that comes after its lease; every later one, and one to an earlier generation, is
-- counted and discarded; the resend of the one that counted changes nothing.
-- ARGV: worker, task, lease, outcome (done | invalid | error), answer, reason, service µs, output blobs (separated by
-- spaces), next claim id or '', µs that it will wait for it, how many tasks it wants at hand.
-- Replies lines: the verdict (accepted | same | late), then what lib/claim.lua replies where it asks. A worker that does
-- not ask gives back what it has at hand.
-- @include base
-- @include settings
-- @include dispatch
-- @include lease
-- @include hand
-- @include claim
-- @include finish
local worker, id, lease, outcome = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local entry = entryOf(worker)
local isHeld = entry[2] == lease and entry[3] == id
local reason = ARGV[6]

-- Outputs that no task took in time have been given up for deletion: then there is nothing to answer with.
for output in string.gmatch(outcome == 'done' and ARGV[8] or '', '%S+') do
  if not call('ZSCORE', P .. 'blob-pending', output) and call('HGET', P .. 'task:' .. id, 'by') ~= lease then
    outcome, reason = 'error', 'its outputs had been stored for so long that they were given up'
  end
end

-- This is the answer to a task at hand, which came before the one to the task that the worker does. Whether others lost
-- what they had at hand.
local isAhead, isSpilt = false, false

-- The answer to a lease that has ended counts where the task has none yet: it is taken from wherever it is, and the
-- books say how its present lease ended. Replies the verdict where it does not count.
local function overtaken()
-- @include queue
-- @include unhand
  local task = call('HMGET', P .. 'task:' .. id, 'st', 'exp', 'by', 'gn', 'wk')
  local state, holder = task[1], task[5]
  if task[3] == lease then return 'same' end
  if outOfHand(worker, id, lease) then
    isAhead = true
    return 'accepted'
  end
  local open = state == 'waiting' or state == 'delayed' or state == 'leased'
  local generation = ':' .. (task[4] or '0')
  if not open or string.sub(lease, -#generation) ~= generation or outcome == 'error' then
    count('lateAnswers', 1)
    return 'late'
  end
  if state == 'leased' then
    count('superseded', '1')
    if not outOfHand(holder, id) then
      releaseSeat(holder)
      emptyHand(holder)
      isSpilt = true
      if holder == worker then entry[2] = false end
    end
  elseif state == 'waiting' then
    unqueue(id, task[2])
    count('withdrawn', 1)
  else
    call('ZREM', P .. 'delayed', id)
  end
end

local verdict = not isHeld and overtaken() or 'accepted'
if verdict == 'accepted' then
  if outcome == 'error' then
    call('HSET', P .. 'task:' .. id, 'by', lease)
    count('attemptsFailed', 1)
    failAttempt(id, reason)
  else
    if isHeld or isAhead then count('answered', '1') end
    -- Only what there is: Redis rebuilds a task's hash when it gets more than 16 fields.
    local fields = { 'by', lease }
    for index, name in ipairs({ 'ans', 'why', 'svc', 'outs' }) do
      if ARGV[4 + index] ~= '' then fields[#fields + 1], fields[#fields + 2] = name, ARGV[4 + index] end
    end
    if ARGV[8] ~= '' then
      for output in string.gmatch(ARGV[8], '%S+') do call('ZREM', P .. 'blob-pending', output) end
    end
    settle(id, outcome, unpack(fields))
  end
end

-- What lay at hand goes to others; this worker's where it stops and begins nothing more.
local function spill(stops)
-- @include queue
-- @include unhand
-- @include serve
  if stops then
    releaseSeat(worker)
    emptyHand(worker)
  end
  serveWaiters()
end

if ARGV[9] == '' then
  if isHeld or isSpilt then spill(isHeld) end
  return verdict
end
local reply, more = claim(worker, entry, isHeld, ARGV[9], tonumber(ARGV[10]), tonumber(ARGV[11]))
if isSpilt then spill(false) end
reply = verdict .. '\n' .. reply
return more and { reply, unpack(more) } or reply
