-- Compares where every task says it is with where it is. Looks at every task: for tests and for `farmhand status
-- --check`, not for a busy farm.
-- ARGV: task ids. Replies a list of complaints.
-- @include base
-- @include settings
-- @include dispatch
-- @include lease
-- @include hand
local complaints = {}
local function expect(holds, id, what)
  if not holds then complaints[#complaints + 1] = id .. ': ' .. what end
end
local isFifo = call('HGET', P .. 'config', 'order') == 'fifo'
local places = { waiting = 'waiting', delayed = 'delayed' }
for _, id in ipairs(ARGV) do
  local task = call('HMGET', P .. 'task:' .. id, 'st', 'wk')
  local state = task[1]
  for name, key in pairs(places) do
    local there = call('ZSCORE', P .. key, id)
    expect((there and true or false) == (state == name), id, 'is ' .. tostring(state) .. ', in ' .. key .. ': ' .. tostring(there))
  end
  if state == 'leased' then
    local holding = call('HGET', P .. 'worker:' .. task[2], 'task')
    expect(holding == id or atHand(task[2], id), id, 'is leased to ' .. task[2] .. ', which holds ' .. tostring(holding))
    expect(call('ZSCORE', P .. 'leases', task[2]), id, 'is leased to ' .. task[2] .. ', not in leases')
  end
  local open = state == 'waiting' or state == 'delayed' or state == 'leased' or state == 'answered'
  local due = call('ZSCORE', P .. 'due', id)
  expect((due and true or false) == open, id, 'is ' .. tostring(state) .. ', in due: ' .. tostring(due))
  local arrival = call('ZSCORE', P .. 'arrival', id)
  expect((arrival and true or false) == (isFifo and state == 'waiting'), id, 'is ' .. tostring(state) .. ', in arrival: ' .. tostring(arrival))
  local result = call('ZSCORE', P .. 'results', id)
  expect((result and true or false) == (state == 'done' or state == 'failed'), id, 'is ' .. tostring(state) .. ', in results: ' .. tostring(result))
end
return complaints
