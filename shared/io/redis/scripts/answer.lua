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
local entry = entryOf(worker)
local isHeld = entry[2] == lease and entry[3] == id

-- Takes the task from wherever it is without its present lease, and says in the books how that one ended.
local function detach(state, expected, holder)
  if state == 'leased' then
    releaseSeat(holder)
    count('superseded', '1')
    if holder == worker then entry[2] = false end
  elseif state == 'waiting' then
    unqueue(id, expected)
    count('withdrawn', 1)
  else
    call('ZREM', P .. 'delayed', id)
  end
end

-- The answer to a lease that has ended counts where the task has none yet.
local function overtaken()
  local task = call('HMGET', P .. 'task:' .. id, 'st', 'exp', 'by', 'gn', 'wk')
  local state = task[1]
  if task[3] == lease then return 'same' end
  local open = state == 'waiting' or state == 'delayed' or state == 'leased'
  if not open or not isOfGeneration(lease, task[4] or '0') or outcome == 'error' then
    count('lateAnswers', 1)
    return 'late'
  end
  detach(state, task[2], task[5])
end

local function answer()
  local refused = not isHeld and overtaken()
  if refused then return refused end
  if outcome == 'error' then
    call('HSET', P .. 'task:' .. id, 'by', lease)
    count('attemptsFailed', 1)
    failAttempt(id, ARGV[6])
    return 'accepted'
  end
  if isHeld then count('answered', '1') end
  for output in string.gmatch(ARGV[8], '%S+') do call('ZREM', P .. 'blob-pending', output) end
  -- Only what there is: Redis rebuilds a task's hash when it gets more than 16 fields.
  local fields = { 'by', lease }
  local function add(name, value)
    if value ~= '' then fields[#fields + 1], fields[#fields + 2] = name, value end
  end
  add('ans', ARGV[5])
  add('why', ARGV[6])
  add('svc', ARGV[7])
  add('outs', ARGV[8])
  settle(id, outcome, unpack(fields))
  return 'accepted'
end

local verdict = answer()
if ARGV[9] ~= '' then return { verdict, claim(worker, entry, isHeld, ARGV[9], tonumber(ARGV[10])) } end
if isHeld then releaseSeat(worker) end
return { verdict }
