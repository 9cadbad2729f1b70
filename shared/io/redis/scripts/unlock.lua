-- Gives a lease back, where this token still holds it.
-- ARGV: name, token.
-- @include base
local key = P .. 'lock:' .. ARGV[1]
if call('HGET', key, 'token') ~= ARGV[2] then return 0 end
call('HSET', key, 'token', '')
return 1
