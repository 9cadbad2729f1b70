-- Begins a load, of which a farm has one at a time. The moment of the beginning is the farm's.
-- ARGV: run, source ('' for none), spec, secret, arrivals in all.
-- Replies {'begun', started at} | {'running', the run that runs} | {'same', run} where this source has been begun before.
-- @include base
local key = P .. 'load'
local load = call('HMGET', key, 'run', 'source', 'state', 'started')
if load[1] == ARGV[1] then return { 'begun', load[4] } end
if ARGV[2] ~= '' and load[2] == ARGV[2] then return { 'same', load[1] } end
if load[3] == 'running' then return { 'running', load[1] } end
call('DEL', key)
call('HSET', key, 'run', ARGV[1], 'source', ARGV[2], 'spec', ARGV[3], 'secret', ARGV[4], 'total', ARGV[5],
  'next', 0, 'state', 'running', 'started', text(now))
return { 'begun', text(now) }
