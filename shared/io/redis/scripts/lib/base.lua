-- The farm's key prefix, its clock in microseconds, and counting. Every script begins with this.
local P = KEYS[1]
local call = redis.call
local clock = call('TIME')
local now = clock[1] * 1000000 + clock[2]

local function count(name, by)
  call('HINCRBY', P .. 'counters', name, by)
end

-- A large number as text: Lua's own conversion keeps 14 digits, a moment in microseconds has 16.
local function text(number)
  return string.format('%.0f', number)
end
