-- Takes a lease by name, or renews it; the holder of a lease gets a fencing number that grows with every new holder.
-- ARGV: name, token, µs that it holds, µs that must have passed since it was last taken (0 for none).
-- Replies {'taken' | 'renewed', fence} | {'held', µs until it ends} | {'early', µs still to wait}.
-- @include base
local key = P .. 'lock:' .. ARGV[1]
local lock = call('HMGET', key, 'token', 'until', 'at', 'fence')
local lives = lock[1] and lock[1] ~= '' and now < tonumber(lock[2])
if lives and lock[1] == ARGV[2] then
  call('HSET', key, 'until', text(now + tonumber(ARGV[3])))
  return { 'renewed', lock[4] }
end
if lives then return { 'held', text(tonumber(lock[2]) - now) } end
-- Where Redis's clock has been set back since, nobody is kept waiting until it is there again.
local passed = lock[3] and now - tonumber(lock[3])
if passed and passed >= 0 and passed < tonumber(ARGV[4]) then
  return { 'early', text(tonumber(ARGV[4]) - passed) }
end
local fence = call('HINCRBY', key, 'fence', 1)
call('HSET', key, 'token', ARGV[2], 'until', text(now + tonumber(ARGV[3])), 'at', text(now))
return { 'taken', fence }
