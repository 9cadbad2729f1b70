-- A worker asks for its next task; see lib/claim.lua for the replies.
-- ARGV: worker, claim id, µs that it will wait at its inbox where nothing is there.
-- @include base
-- @include settings
-- @include dispatch
-- @include lease
-- @include hand
-- @include claim
local reply, more = claim(ARGV[1], entryOf(ARGV[1]), false, ARGV[2], tonumber(ARGV[3]), 0)
return more and { reply, unpack(more) } or reply
