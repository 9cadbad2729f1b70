-- A worker's heartbeat: renews its lease, tells it about a SYN, and does what has become due.
-- ARGV: worker, task or '', lease or ''.
-- Replies {'idle' | 'busy' | 'syn' | 'drained' | 'unknown', syn id or '', its expiry or '', 1 where the lease is held}.
-- @include base
-- @include settings
-- @include holder
-- @include queue
-- @include finish
-- @include dispatch
-- @include lease
-- @include hand
-- @include unhand
-- @include serve
-- @include worker
-- @include reap
local worker, id, lease = ARGV[1], ARGV[2], ARGV[3]
if call('EXISTS', P .. 'worker:' .. worker) == 0 then
  reap()
  return { 'unknown', '', '', 0 }
end
call('ZADD', P .. 'workers', now, worker)
local held = 0
if holdsLease(worker, id, lease) or atHand(worker, id, lease) then
  renew(worker, id)
  held = 1
end
reap()
local seat = call('HMGET', P .. 'worker:' .. worker, 'syn', 'synUntil', 'drained')
if seat[3] then return { 'drained', seat[1], seat[2], held } end
if seat[1] then return { 'syn', seat[1], seat[2], held } end
return { held == 1 and 'busy' or 'idle', '', '', held }
