-- What was configured for this farm, and the defaults where nothing was: order, one claim in how many for long-lost
-- tasks, how many tasks triage looks at, lease and back-off in microseconds, attempts. `turningInto` is the order that
-- a change under way leads to.
local SETTINGS = {}
do
  local configured = call('HMGET', P .. 'config', 'order', 'lostShare', 'triageLimit', 'lease', 'attempts', 'backoff',
    'turningInto')
  SETTINGS.order = configured[1] or 'triage'
  SETTINGS.lostShare = tonumber(configured[2] or 4)
  SETTINGS.triageLimit = tonumber(configured[3] or 32)
  SETTINGS.lease = tonumber(configured[4] or 5000000)
  SETTINGS.attempts = tonumber(configured[5] or 3)
  SETTINGS.backoff = tonumber(configured[6] or 500000)
  SETTINGS.keepsArrival = SETTINGS.order == 'fifo' or configured[7] == 'fifo'
end
