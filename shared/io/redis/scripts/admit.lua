-- Lets tasks in, each once, and hands them to waiting workers at once.
-- An admission that is sent again (the same id, or the same idempotency key) changes nothing.
-- ARGV: most tasks that may wait, seconds that an idempotency key is remembered, then for each task: id, idempotency
-- key or '', type, options, input blob or '', expected service µs, deadline µs, lost policy.
-- Replies for each task {'admitted' | 'same', id, generated at, deadline at} | {'full', id} | {'noInput', id}.
-- @include base
-- @include settings
-- @include queue
-- @include dispatch
-- @include lease

local function known(id)
  local task = call('HMGET', P .. 'task:' .. id, 'gen', 'dl')
  if task[1] then return { 'same', id, task[1], task[2] } end
end

local function admit(id, key, type, options, input, expected, deadline, lost)
  local earlier = key ~= '' and call('GET', P .. 'key:' .. key)
  local same = earlier and known(earlier) or known(id)
  if same then return same end
  if call('ZCARD', P .. 'waiting') + call('ZCARD', P .. 'delayed') >= tonumber(ARGV[1]) then return { 'full', id } end
  if input ~= '' and call('ZREM', P .. 'blob-pending', input) == 0 then return { 'noInput', id } end
  local due = now + deadline
  local latestStart = due - expected
  local task = P .. 'task:' .. id
  call('HSET', task, 'type', type, 'opt', options, 'exp', expected, 'gen', now, 'dl', due, 'ls', latestStart,
    'att', 0, 'gn', 0, 'lost', lost, 'st', 'waiting')
  if input ~= '' then call('HSET', task, 'in', input) end
  if key ~= '' then call('SET', P .. 'key:' .. key, id, 'EX', ARGV[2]) end
  call('ZADD', P .. 'due', due, id)
  if lost == 'discard' then call('ZADD', P .. 'discardable', latestStart, id) end
  count('admitted', 1)
  enqueue(id, latestStart, now, expected)
  return { 'admitted', id, text(now), text(due) }
end

local replies = {}
for at = 3, #ARGV, 8 do
  replies[#replies + 1] = admit(ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4],
    tonumber(ARGV[at + 5]), tonumber(ARGV[at + 6]), ARGV[at + 7])
end
serveWaiters()
return replies
