-- Replies the schema version of the farm's keys (nothing where there are none yet) and the farm's clock.
-- @include base
return { call('HGET', P .. 'config', 'version'), text(now) }
