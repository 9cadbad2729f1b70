-- Into the worker queue and out of it. Needs base, settings.
-- `waiting` is sorted by latest start, `due` (all tasks without an answer) by deadline. `arrival`, sorted by generation,
-- is there only where the order is fifo or is about to be.
local function enqueue(id, latestStart, generatedAt, expected)
  call('ZADD', P .. 'waiting', latestStart, id)
  if KEEPS_ARRIVAL then call('ZADD', P .. 'arrival', generatedAt, id) end
  count('enqueued', '1')
  count('waitingWork', expected)
end

local function unqueue(id, expected)
  call('ZREM', P .. 'waiting', id)
  if KEEPS_ARRIVAL then call('ZREM', P .. 'arrival', id) end
  count('waitingWork', 0 - expected)
end

-- Puts a task that has been tried before back into the worker queue.
local function enqueueAgain(id)
  local task = call('HMGET', P .. 'task:' .. id, 'dl', 'exp', 'gen')
  call('HSET', P .. 'task:' .. id, 'st', 'waiting')
  enqueue(id, text(task[1] - task[2]), task[3], task[2])
end

-- Lists who is about to be free, by when. Only triage asks for it, and only for it is it kept.
local function expectFree(worker, finishAt)
  if ORDER == 'triage' then call('ZADD', P .. 'finish', finishAt, worker) end
end
