-- What was configured for this farm, or the default. What every script needs is read at once.
local SETTINGS = {}
do
  -- `turningInto` is the order that a change under way leads to.
  local configured = call('HMGET', P .. 'config', 'order', 'lease', 'turningInto')
  SETTINGS.order = configured[1] or 'triage'
  -- In µs.
  SETTINGS.lease = tonumber(configured[2] or 5000000)
  SETTINGS.keepsArrival = SETTINGS.order == 'fifo' or configured[3] == 'fifo'
end

-- `lostShare`: one claim in how many is for long-lost tasks. `triageLimit`: how many tasks triage looks at.
-- `attempts`. `backoff`, in µs.
local DEFAULTS = { lostShare = 4, triageLimit = 32, attempts = 3, backoff = 500000 }
local function setting(name)
  return tonumber(call('HGET', P .. 'config', name) or DEFAULTS[name])
end
