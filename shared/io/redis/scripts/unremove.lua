-- The removal of drained workers was dropped: they may be taken back again.
-- ARGV: workers.
-- @include base
for _, worker in ipairs(ARGV) do call('HDEL', P .. 'worker:' .. worker, 'removing') end
return #ARGV
