-- Forgets tasks whose time to be read is over, and uploads that no task ever took. Their blobs are listed as garbage
-- until whoever deletes them says so.
-- ARGV: most tasks at once. Replies the garbage: blob refs.
-- @include base

local function discardBlob(ref)
  call('SADD', P .. 'blob-garbage', ref)
end

local limit = tonumber(ARGV[1])
for _, id in ipairs(call('ZRANGEBYSCORE', P .. 'expiring', '-inf', now, 'LIMIT', 0, limit)) do
  local task = call('HMGET', P .. 'task:' .. id, 'in', 'outs', 'st')
  -- First a command that a Redis out of memory takes: after it the script may go on, and memory is what it frees.
  call('ZREM', P .. 'expiring', id)
  if task[1] then discardBlob(task[1]) end
  for output in string.gmatch(task[2] or '', '%S+') do discardBlob(output) end
  call('DEL', P .. 'task:' .. id)
  call('ZREM', P .. 'results', id)
  call('ZREM', P .. 'dead', id)
  if task[3] ~= 'cancelled' then call('INCR', P .. 'forgotten') end
end
-- Collectors that were killed while they waited.
call('ZREMRANGEBYSCORE', P .. 'collectors', '-inf', now)
for _, ref in ipairs(call('ZRANGEBYSCORE', P .. 'blob-pending', '-inf', now, 'LIMIT', 0, limit)) do
  call('ZREM', P .. 'blob-pending', ref)
  discardBlob(ref)
end
return call('SRANDMEMBER', P .. 'blob-garbage', limit)
