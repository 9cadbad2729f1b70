-- The farm's key prefix, its clock in microseconds, and counting. Every script begins with this.
local P = KEYS[1]
local call = redis.call
local clock = call('TIME')
local now = clock[1] * 1000000 + clock[2]

local function count(name, by)
  call('HINCRBY', P .. 'counters', name, by)
end

-- A large whole number as text: Lua's own conversion keeps 14 digits, a moment in microseconds has 16. In half the time
-- of '%.0f'; a Redis of 32 bits, where it would not do, is refused (see checkVersion).
local function text(number)
  return string.format('%d', number)
end
