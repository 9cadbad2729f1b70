-- Lets tasks in, each once, and hands them to waiting workers at once.
-- An admission that is sent again (the same id, or the same idempotency key) changes nothing.
-- ARGV: most tasks that may wait, seconds that an idempotency key is remembered, then for each task: id, idempotency
-- key or '', type, options, input blob or '', expected service µs, deadline µs, lost policy.
-- Replies {now, then for each task 1 where it was let in now | {'same', id, generated at, deadline at} | {'full', id} |
-- {'noInput', id}}. A task let in now was generated now, and its deadline follows: to spell that out for each task took
-- Redis and the emitter longer than all else about the reply.
-- @include base
-- @include settings
-- @include dispatch
-- @include lease
-- @include serve
-- @include admit

-- Redis would refuse it in the middle of a batch.
if tonumber(ARGV[2]) < 1 then return redis.error_reply('ERR an idempotency key is remembered for at least a second') end
local replies = { generated }
for at = 3, #ARGV, 8 do
  replies[#replies + 1] = admit(ARGV[at], ARGV[at + 1], ARGV[at + 2], ARGV[at + 3], ARGV[at + 4],
    tonumber(ARGV[at + 5]), tonumber(ARGV[at + 6]), ARGV[at + 7],
    tonumber(ARGV[1]), ARGV[2])
end
queueEntering()
serveWaiters()
return replies
