-- Into the worker queue and out of it. Needs base.
-- `waiting` is sorted by latest start, `arrival` by generation, `due` (all tasks without an answer) by deadline.
local function enqueue(id, latestStart, generatedAt, expected)
  call('ZADD', P .. 'waiting', latestStart, id)
  call('ZADD', P .. 'arrival', generatedAt, id)
  count('enqueued', '1')
  count('waitingWork', expected)
end

local function unqueue(id, expected)
  call('ZREM', P .. 'waiting', id)
  call('ZREM', P .. 'arrival', id)
  count('waitingWork', -expected)
end

-- Puts a task that has been tried before back into the worker queue.
local function enqueueAgain(id)
  local task = call('HMGET', P .. 'task:' .. id, 'ls', 'gen', 'exp')
  call('HSET', P .. 'task:' .. id, 'st', 'waiting')
  enqueue(id, task[1], task[2], task[3])
end
