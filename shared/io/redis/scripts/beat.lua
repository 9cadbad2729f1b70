-- A worker's heartbeat: renews its lease, tells it about a SYN, and does what has become due.
-- ARGV: worker, task or '', lease or ''.
-- Replies {'idle' | 'busy' | 'syn' | 'drained' | 'unknown', syn id or '', its expiry or '', 1 where the lease is held}.
-- @include base
-- @include settings
-- @include queue
-- @include finish
-- @include dispatch
-- @include lease
-- @include worker
-- @include reap
local worker, id, lease = ARGV[1], ARGV[2], ARGV[3]
if call('EXISTS', P .. 'worker:' .. worker) == 0 then
  reap()
  return { 'unknown', '', '', 0 }
end
call('ZADD', P .. 'workers', now, worker)
local holds = 0
if id ~= '' then
  local task = call('HMGET', P .. 'task:' .. id, 'lease', 'st')
  if task[1] == lease and task[2] == 'leased' then
    call('ZADD', P .. 'leases', now + SETTINGS.lease, id)
    call('HSET', P .. 'task:' .. id, 'ok', 1)
    holds = 1
  end
end
reap()
local seat = call('HMGET', P .. 'worker:' .. worker, 'syn', 'synUntil', 'drained')
if seat[3] then return { 'drained', seat[1], seat[2], holds } end
if seat[1] then return { 'syn', seat[1], seat[2], holds } end
return { holds == 1 and 'busy' or 'idle', '', '', holds }
