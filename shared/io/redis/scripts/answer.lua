-- A worker answers a task and, in the same step, asks for the next one.
-- The first answer counts, also one that comes after its lease; every later one, and one to an earlier generation, is
-- counted and discarded; the resend of the one that counted changes nothing.
-- ARGV: worker, task, lease, outcome (done | invalid | error), answer, reason, service µs, output blobs (separated by
-- spaces), next claim id or '', µs that it will wait for it.
-- Replies {verdict, claim reply or nothing}; verdict: accepted | same | late.
-- @include base
-- @include settings
-- @include queue
-- @include dispatch
-- @include lease
-- @include claim
-- @include finish
local worker, id, lease, outcome = ARGV[1], ARGV[2], ARGV[3], ARGV[4]

local function keepOutputs()
  for output in string.gmatch(ARGV[8], '%S+') do call('ZREM', P .. 'blob-pending', output) end
end

-- Takes the task from wherever it is, and says in the books how its claim ended.
local function detach(state, holds, task)
  if state == 'leased' then
    call('ZREM', P .. 'leases', id)
    count(holds and 'answered' or 'superseded', '1')
  elseif state == 'waiting' then
    unqueue(id, task[3])
    count('withdrawn', 1)
  else
    call('ZREM', P .. 'delayed', id)
  end
end

local function answer()
  local task = call('HMGET', P .. 'task:' .. id, 'st', 'lease', 'exp', 'by', 'gn', 'lost')
  local state = task[1]
  if task[4] == lease then return 'same' end
  local open = state == 'waiting' or state == 'delayed' or state == 'leased'
  local holds = state == 'leased' and task[2] == lease
  if not open or not isOfGeneration(lease, task[5]) or (outcome == 'error' and not holds) then
    count('lateAnswers', 1)
    return 'late'
  end
  if outcome == 'error' then
    call('HSET', P .. 'task:' .. id, 'by', lease)
    call('ZREM', P .. 'leases', id)
    count('attemptsFailed', 1)
    failAttempt(id, ARGV[6])
  else
    detach(state, holds, task)
    keepOutputs()
    settle(id, outcome, ARGV[5], ARGV[6], 'svc', ARGV[7], 'outs', ARGV[8], 'by', lease)
    if task[6] == 'discard' then call('ZREM', P .. 'discardable', id) end
  end
  return 'accepted'
end

local verdict = answer()
if ARGV[9] ~= '' then return { verdict, claim(worker, ARGV[9], tonumber(ARGV[10]), lease) } end
releaseSeat(worker, lease)
return { verdict }
