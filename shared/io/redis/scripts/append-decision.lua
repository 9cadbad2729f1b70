-- Appends a decision record, and keeps what the next step is to remember, unless a newer step has done so already.
-- ARGV: fencing number, decision, memory, most records kept. Replies 1, also where it is sent again; 0 where this step
-- was overtaken.
-- @include base
local last = tonumber(call('GET', P .. 'memory-fence') or 0)
if tonumber(ARGV[1]) <= last then return tonumber(ARGV[1]) == last and 1 or 0 end
call('SET', P .. 'step-memory', ARGV[3])
call('SET', P .. 'memory-fence', ARGV[1])
call('LPUSH', P .. 'decisions', ARGV[2])
call('LTRIM', P .. 'decisions', 0, tonumber(ARGV[4]) - 1)
return 1
