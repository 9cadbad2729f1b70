-- Stops the load that runs: none of its arrivals is emitted after this.
-- Replies 1 | 0 where none runs.
-- @include base
local key = P .. 'load'
if call('HGET', key, 'state') ~= 'running' then return 0 end
call('HSET', key, 'state', 'stopped', 'ended', text(now))
call('DEL', P .. 'announced')
return 1
