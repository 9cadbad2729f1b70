-- The named garbage has been deleted from the blob store: its bytes are free again.
-- ARGV: blob refs.
-- @include base
for _, ref in ipairs(ARGV) do
  if call('SREM', P .. 'blob-garbage', ref) == 1 then
    local bytes = call('HGET', P .. 'blobs', ref)
    call('HDEL', P .. 'blobs', ref)
    if bytes then call('DECRBY', P .. 'blob-bytes', bytes) end
  end
end
return #ARGV
