-- Lets the next arrivals of a load in, and counts them as emitted in the same step: a crash before it has emitted
-- nothing, a crash after it has emitted all, and an emitter that was overtaken emits nothing more.
-- ARGV: run, index of the first arrival, most tasks that may wait, then for each arrival: id, type, options, expected
-- service µs, deadline µs, lost policy.
-- Replies {state of the load, index of the next arrival}; the state is `gone` where another load has taken its place.
-- @include base
-- @include settings
-- @include dispatch
-- @include lease
-- @include serve
-- @include admit
local key = P .. 'load'
local load = call('HMGET', key, 'run', 'state', 'next', 'total')
if load[1] ~= ARGV[1] then return { 'gone', 0 } end
local following = tonumber(load[3])
if load[2] ~= 'running' or following ~= tonumber(ARGV[2]) then return { load[2], following } end
for at = 4, #ARGV, 6 do
  local reply = admit(ARGV[at], '', ARGV[at + 1], ARGV[at + 2], '', tonumber(ARGV[at + 3]), tonumber(ARGV[at + 4]),
    ARGV[at + 5], tonumber(ARGV[3]), 0)
  if reply ~= 1 and reply[1] == 'full' then break end
  following = following + 1
end
queueEntering()
local state = following >= tonumber(load[4]) and 'done' or 'running'
call('HSET', key, 'next', following, 'state', state)
if state == 'done' then
  call('HSET', key, 'ended', text(now))
  call('DEL', P .. 'announced')
end
serveWaiters()
return { state, following }
