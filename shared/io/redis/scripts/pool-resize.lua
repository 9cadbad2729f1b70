-- Changes how many worker processes the pool shall have, if it still has as many as the caller saw.
-- ARGV: expected, wanted. Replies {1, wanted} or {0, what it is}.
-- @include base
local desired = call('GET', P .. 'pool-desired') or '0'
if desired ~= ARGV[1] then return { 0, tonumber(desired) } end
call('SET', P .. 'pool-desired', ARGV[2])
call('RPUSH', P .. 'pool-nudge', '1')
call('LTRIM', P .. 'pool-nudge', -5, -1)
return { 1, tonumber(ARGV[2]) }
