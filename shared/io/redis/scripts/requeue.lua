-- Sends a dead letter round again, as a new generation of the same task, with the same time until its deadline.
-- Sent again, the same request has been done already.
-- ARGV: task, request (unlike any other). Replies requeued | the state that it is in | nothing where it is not known.
-- @include base
-- @include settings
-- @include queue
-- @include dispatch
-- @include lease
-- @include serve
local id = ARGV[1]
local key = P .. 'task:' .. id
local task = call('HMGET', key, 'st', 'exp', 'gen', 'dl', 'lost', 'rq')
if task[6] and task[6] == ARGV[2] then return 'requeued' end
if task[1] ~= 'failed' then return task[1] end
local due = now + tonumber(task[4]) - tonumber(task[3])
local latestStart = due - tonumber(task[2])
call('HDEL', key, 'out', 'ans', 'why', 'svc', 'outs', 'col', 'met', 'by', 'wk', 'att')
call('HSET', key, 'st', 'waiting', 'gen', now, 'dl', due, 'rq', ARGV[2])
call('HINCRBY', key, 'gn', 1)
call('ZREM', P .. 'results', id)
call('ZREM', P .. 'dead', id)
call('ZREM', P .. 'expiring', id)
call('ZADD', P .. 'due', due, id)
if task[5] == 'discard' then call('ZADD', P .. 'discardable', latestStart, id) end
count('requeued', 1)
enqueue(id, latestStart, now, task[2])
serveWaiters()
return 'requeued'
