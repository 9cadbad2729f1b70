-- Marks drained workers as about to be removed: from now on they are not taken back.
-- ARGV: fencing number, workers. Replies {'stale'} or {'removing', those that were drained, ...}.
-- @include base
local fence = tonumber(ARGV[1])
if fence < tonumber(call('GET', P .. 'syn-fence') or 0) then return { 'stale' } end
call('SET', P .. 'syn-fence', ARGV[1])
local reply = { 'removing' }
for index = 2, #ARGV do
  if call('HGET', P .. 'worker:' .. ARGV[index], 'drained') then
    call('HSET', P .. 'worker:' .. ARGV[index], 'removing', text(now))
    reply[#reply + 1] = ARGV[index]
  end
end
return reply
