-- The end of a worker's entry in the registry. Needs base.
-- What it has cost is counted here, from its start to now.
local function forgetWorker(worker)
  local started = call('HGET', P .. 'worker:' .. worker, 'started')
  if started then count('workerMicros', now - started) end
  call('ZREM', P .. 'workers', worker)
  call('ZREM', P .. 'waiters', worker)
  call('ZREM', P .. 'finish', worker)
  call('ZREM', P .. 'syns', worker)
  call('DEL', P .. 'worker:' .. worker, P .. 'inbox:' .. worker)
end
