-- Needs base.

-- Whether the worker holds this lease of this task.
local function holdsLease(worker, id, lease)
  local entry = call('HMGET', P .. 'worker:' .. worker, 'task', 'lease')
  return entry[1] == id and entry[2] == lease
end
