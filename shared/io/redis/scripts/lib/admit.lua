-- Letting one task in. Needs base, queue.
-- Replies {'admitted' | 'same', id, generated at, deadline at} | {'full', id} | {'noInput', id}.

local function known(id)
  local task = call('HMGET', P .. 'task:' .. id, 'gen', 'dl')
  if task[1] then return { 'same', id, task[1], task[2] } end
end

local function admit(id, key, type, options, input, expected, deadline, lost, most, keySeconds)
  local earlier = key ~= '' and call('GET', P .. 'key:' .. key)
  local same = earlier and known(earlier) or known(id)
  if same then return same end
  if call('ZCARD', P .. 'waiting') + call('ZCARD', P .. 'delayed') >= most then return { 'full', id } end
  if input ~= '' and not call('ZSCORE', P .. 'blob-pending', input) then return { 'noInput', id } end
  -- First what Redis may refuse: a script that fails keeps what it has done until then.
  if key ~= '' then call('SET', P .. 'key:' .. key, id, 'EX', keySeconds) end
  -- As text at once, because Redis would write each number out again wherever it is used.
  local generated, due, latestStart = text(now), text(now + deadline), text(now + deadline - expected)
  local task = P .. 'task:' .. id
  call('HSET', task, 'type', type, 'opt', options, 'exp', expected, 'gen', generated, 'dl', due, 'ls', latestStart,
    'att', '0', 'gn', '0', 'lost', lost, 'st', 'waiting')
  if input ~= '' then
    call('ZREM', P .. 'blob-pending', input)
    call('HSET', task, 'in', input)
  end
  call('ZADD', P .. 'due', due, id)
  if lost == 'discard' then call('ZADD', P .. 'discardable', latestStart, id) end
  count('admitted', '1')
  count('admittedWork', expected)
  enqueue(id, latestStart, generated, expected)
  return { 'admitted', id, generated, due }
end
