-- Judges answered tasks and records their Results, each once.
-- ARGV: collector, most tasks at once, µs that a Result is kept, µs that the collector will wait where there is none.
-- Replies a list of {id, status, type, met, response µs, service µs, kind}; empty where none was there, and then the
-- next answer wakes this collector.
-- @include base

-- As text at once, because Redis would write each number out again wherever it is used.
local collected, forgottenAt = text(now), text(now + tonumber(ARGV[3]))

local function judge(id)
  local key = P .. 'task:' .. id
  local task = call('HMGET', key, 'type', 'out', 'gen', 'dl', 'svc')
  local done, invalid = task[2] == 'done', task[2] == 'invalid'
  local response = now - tonumber(task[3])
  local met = done and now <= tonumber(task[4])
  call('HSET', key, 'st', done and 'done' or 'failed', 'col', collected, 'met', met and '1' or '0')
  call('ZREM', P .. 'due', id)
  call('ZADD', P .. 'results', collected, id)
  call('ZADD', P .. 'expiring', forgottenAt, id)
  if not done then call('ZADD', P .. 'dead', collected, id) end
  count(done and 'completed' or 'failed', '1')
  count(invalid and 'invalid' or met and 'met' or 'missed', '1')
  count('responseSum', response)
  if done and task[5] then count('serviceSum', task[5]) end
  local bucket = P .. 'longest:' .. text(math.floor(now / 1000000))
  if response > tonumber(call('GET', bucket) or -1) then call('SET', bucket, response, 'EX', 300) end
  call('PUBLISH', P .. 'collected', id)
  return { id, done and 'done' or 'failed', task[1], met and 1 or 0, text(response), task[5] or '', task[2] }
end

local reply = {}
for _ = 1, tonumber(ARGV[2]) do
  local id = call('LPOP', P .. 'answered')
  if not id then break end
  reply[#reply + 1] = judge(id)
end
if #reply == 0 then
  call('ZADD', P .. 'collectors', now + tonumber(ARGV[4]), ARGV[1])
else
  call('ZREM', P .. 'collectors', ARGV[1])
end
return reply
