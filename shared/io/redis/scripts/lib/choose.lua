-- Which waiting task is next: the same function as shared/farm/dispatch-order.ts. The body of chooseTask.
-- Needs base, settings.

local function firstLate(starts, services, kept, free)
  local freeAt = { now }
  for index = 1, #free do freeAt[index + 1] = free[index] end
  for position = 1, #kept do
    local start = table.remove(freeAt, 1)
    if start > starts[kept[position]] then return position end
    local finish = start + services[kept[position]]
    local at = #freeAt
    while at > 0 and freeAt[at] > finish do at = at - 1 end
    table.insert(freeAt, at + 1, finish)
  end
end

-- ids: the most urgent tasks that can still make it, each followed by its latest start; limit: how many workers count.
local function firstKept(ids, limit)
  local starts, services, kept = {}, {}, {}
  for index = 1, #ids / 2 do
    starts[index] = tonumber(ids[2 * index])
    services[index] = tonumber(call('HGET', P .. 'task:' .. ids[2 * index - 1], 'exp'))
    kept[index] = index
  end
  local free = {}
  for index = 1, math.min(limit, call('ZCARD', P .. 'waiters')) do free[index] = now end
  local finishes = call('ZRANGE', P .. 'finish', 0, limit - 1, 'WITHSCORES')
  for index = 2, #finishes, 2 do
    if #free < limit then free[#free + 1] = math.max(now, tonumber(finishes[index])) end
  end
  while true do
    local late = firstLate(starts, services, kept, free)
    if not late then return ids[2 * kept[1] - 1] end
    local longest = 1
    for position = 2, late do
      if services[kept[position]] > services[kept[longest]] then longest = position end
    end
    table.remove(kept, longest)
  end
end

-- Whether the next claim is one of those kept for tasks that have been lost for long.
local function isLostTurn()
  local share = setting('lostShare')
  local claimed = tonumber(call('HGET', P .. 'counters', 'claimed') or 0)
  return share > 0 and (claimed + 1) % share == 0
end

-- One look is all that it takes while no task is lost.
if ORDER == 'fifo' then return call('ZRANGE', P .. 'arrival', 0, 0)[1] end
local limit = ORDER == 'triage' and setting('triageLimit') or 1
local urgent = call('ZRANGE', P .. 'waiting', 0, limit - 1, 'WITHSCORES')
if not urgent[1] then return end
local slack = tonumber(urgent[2]) - now
if slack < 0 then
  local longestLost = urgent[1]
  if slack < -20000000 and isLostTurn() then return longestLost end
  urgent = call('ZRANGEBYSCORE', P .. 'waiting', now, '+inf', 'WITHSCORES', 'LIMIT', 0, limit)
  if not urgent[1] then return longestLost end
end
if #urgent == 2 then return urgent[1] end
return firstKept(urgent, limit)
