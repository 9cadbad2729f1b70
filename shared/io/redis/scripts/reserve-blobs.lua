-- Writes down blobs before they are stored, so that none can be forgotten: what no task has taken in time is deleted.
-- ARGV: most bytes in all (0 for no limit), µs in which a task must take them, then ref and bytes in turn.
-- Replies {1, bytes held} or {0, bytes held} where the farm has no room.
-- @include base
local held = tonumber(call('GET', P .. 'blob-bytes') or 0)
local wanted = 0
for index = 3, #ARGV, 2 do
  if call('HEXISTS', P .. 'blobs', ARGV[index]) == 0 then wanted = wanted + tonumber(ARGV[index + 1]) end
end
local most = tonumber(ARGV[1])
if most > 0 and held + wanted > most then return { 0, held } end
for index = 3, #ARGV, 2 do
  if call('HSETNX', P .. 'blobs', ARGV[index], ARGV[index + 1]) == 1 then
    call('INCRBY', P .. 'blob-bytes', ARGV[index + 1])
    -- Only the first time: sent again, it may be that a task has taken it since.
    call('ZADD', P .. 'blob-pending', now + tonumber(ARGV[2]), ARGV[index])
  end
end
return { 1, held + wanted }
