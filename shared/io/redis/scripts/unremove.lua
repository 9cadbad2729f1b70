-- The removal of drained workers was dropped: they may be taken back again.
-- ARGV: fencing number, workers. Replies {'stale'} or {'kept'}.
-- @include base
-- @include fence
if isStale(ARGV[1]) then return { 'stale' } end
for index = 2, #ARGV do call('HDEL', P .. 'worker:' .. ARGV[index], 'removing') end
return { 'kept' }
