-- Sets what this farm does, for every program at once, and marks its keys with the schema version.
-- ARGV: schema version, then field and value in turn. Replies the version that the keys had, or nothing.
-- @include base
local had = call('HGET', P .. 'config', 'version')
if had and (tonumber(had) > tonumber(ARGV[1]) or tonumber(had) < tonumber(ARGV[1]) - 1) then return had end
call('HSET', P .. 'config', 'version', ARGV[1])
for index = 2, #ARGV, 2 do call('HSET', P .. 'config', ARGV[index], ARGV[index + 1]) end
return had
