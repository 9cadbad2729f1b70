-- Changes how many worker processes the pool shall have, if it still has as many as the caller saw and no newer step
-- has acted since. Sent again, it replies what it has replied.
-- ARGV: expected, wanted, request (unlike any other), fencing number or '' for who is no step.
-- Replies {1, wanted} or {0, what it is}.
-- @include base
if call('GET', P .. 'pool-request') == ARGV[3] then return { 1, tonumber(ARGV[2]) } end
local desired = call('GET', P .. 'pool-desired') or '0'
local fence = tonumber(ARGV[4])
local isOvertaken = fence and fence < tonumber(call('GET', P .. 'syn-fence') or 0)
if isOvertaken or desired ~= ARGV[1] then return { 0, tonumber(desired) } end
if fence then call('SET', P .. 'syn-fence', ARGV[4]) end
call('SET', P .. 'pool-desired', ARGV[2])
call('SET', P .. 'pool-request', ARGV[3])
call('RPUSH', P .. 'pool-nudge', '1')
call('LTRIM', P .. 'pool-nudge', -5, -1)
return { 1, tonumber(ARGV[2]) }
