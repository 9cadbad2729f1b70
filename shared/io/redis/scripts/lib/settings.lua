-- What was configured for this farm, or the default: what every script needs at once, the rest when it is asked for.
-- `turningInto` is the order that a change under way leads to; a lease is in µs.
local configured = call('HMGET', P .. 'config', 'order', 'lease', 'turningInto')
local ORDER = configured[1] or 'triage'
local LEASE = tonumber(configured[2] or 5000000)
local KEEPS_ARRIVAL = ORDER == 'fifo' or configured[3] == 'fifo'

-- `lostShare`: one claim in how many is for long-lost tasks. `triageLimit`: how many tasks triage looks at.
-- `attempts`. `backoff`, in µs.
local function setting(name)
  local defaults = { lostShare = 4, triageLimit = 32, attempts = 3, backoff = 500000 }
  return tonumber(call('HGET', P .. 'config', name) or defaults[name])
end
