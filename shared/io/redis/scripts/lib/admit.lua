-- Letting tasks in. Needs base, settings.
-- They enter the queues together, by queueEntering, which must follow the last of them. Nothing in between may fail.

local room
local entering = { tasks = 0, work = 0, waiting = {}, due = {}, arrival = {} }

local function known(id)
  if call('EXISTS', P .. 'task:' .. id) == 0 then return end
  local task = call('HMGET', P .. 'task:' .. id, 'gen', 'dl')
  return { 'same', id, task[1], task[2] }
end

local function queueEntering()
  if entering.tasks == 0 then return end
  call('ZADD', P .. 'waiting', unpack(entering.waiting))
  call('ZADD', P .. 'due', unpack(entering.due))
  if KEEPS_ARRIVAL then call('ZADD', P .. 'arrival', unpack(entering.arrival)) end
  count('admitted', entering.tasks)
  count('enqueued', entering.tasks)
  count('admittedWork', text(entering.work))
  count('waitingWork', text(entering.work))
  entering = { tasks = 0, work = 0, waiting = {}, due = {}, arrival = {} }
end

local function enter(id, generated, due, latestStart, expected)
  local at = 2 * entering.tasks
  entering.tasks = entering.tasks + 1
  entering.work = entering.work + expected
  entering.waiting[at + 1], entering.waiting[at + 2] = latestStart, id
  entering.due[at + 1], entering.due[at + 2] = due, id
  if KEEPS_ARRIVAL then entering.arrival[at + 1], entering.arrival[at + 2] = generated, id end
  -- More arguments than this Lua does not unpack.
  if entering.tasks == 1000 then queueEntering() end
end

-- As text at once, because Redis would write each number out again wherever it is used.
local generated = text(now)

-- Replies 1 where it let the task in | {'same', id, generated at, deadline at} | {'full', id} | {'noInput', id}.
local function admit(id, key, type, options, input, expected, deadline, lost, most, keySeconds)
  local earlier = key ~= '' and call('GET', P .. 'key:' .. key)
  local same = earlier and known(earlier) or known(id)
  if same then return same end
  room = room or most - call('ZCARD', P .. 'waiting') - call('ZCARD', P .. 'delayed')
  if room <= 0 then return { 'full', id } end
  if input ~= '' and not call('ZSCORE', P .. 'blob-pending', input) then return { 'noInput', id } end
  -- First what Redis may refuse: a script that fails keeps what it has done until then.
  if key ~= '' then call('SET', P .. 'key:' .. key, id, 'EX', keySeconds) end
  local due, latestStart = text(now + deadline), text(now + deadline - expected)
  local task = P .. 'task:' .. id
  -- No field for what is not so: no failed attempt (`att`), the first generation (`gn`), served when it is lost.
  call('HSET', task, 'type', type, 'opt', options, 'exp', expected, 'gen', generated, 'dl', due, 'st', 'waiting')
  if input ~= '' then
    call('ZREM', P .. 'blob-pending', input)
    call('HSET', task, 'in', input)
  end
  if lost == 'discard' then
    call('HSET', task, 'lost', lost)
    call('ZADD', P .. 'discardable', latestStart, id)
  end
  room = room - 1
  enter(id, generated, due, latestStart, expected)
  return 1
end
