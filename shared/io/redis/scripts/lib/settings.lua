-- What was configured for this farm, and the defaults where nothing was: order, one claim in how many for long-lost
-- tasks, how many tasks triage looks at, lease and back-off in microseconds, attempts.
local configured = call('HMGET', P .. 'config', 'order', 'lostShare', 'triageLimit', 'lease', 'attempts', 'backoff')
local SETTINGS = {
  order = configured[1] or 'triage',
  lostShare = tonumber(configured[2] or 4),
  triageLimit = tonumber(configured[3] or 32),
  lease = tonumber(configured[4] or 5000000),
  attempts = tonumber(configured[5] or 3),
  backoff = tonumber(configured[6] or 500000),
}
