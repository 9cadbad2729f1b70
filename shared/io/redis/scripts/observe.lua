-- One look at the farm: everything at one moment.
-- ARGV: seconds that the longest response time looks back.
-- Replies {now, counters (name, value, ...), {waiting, delayed, leased, answered}, {overdue, lost waiting, least slack
-- or '', longest response or '', blob bytes, Results recorded, held and forgotten}, workers ({id, heartbeat, name, value, ...}, ...), announced or nothing}.
-- @include base
local least = call('ZRANGEBYSCORE', P .. 'waiting', now, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
local longest = ''
local second = math.floor(now / 1000000)
for back = 0, math.min(tonumber(ARGV[1]), 300) do
  local found = call('GET', P .. 'longest:' .. text(second - back))
  if found and tonumber(found) > tonumber(longest ~= '' and longest or -1) then longest = found end
end
local workers, leased = {}, call('ZCARD', P .. 'leases')
local beats = call('ZRANGE', P .. 'workers', 0, -1, 'WITHSCORES')
for index = 1, #beats, 2 do
  local seat = call('HGETALL', P .. 'worker:' .. beats[index])
  table.insert(seat, 1, beats[index + 1])
  table.insert(seat, 1, beats[index])
  workers[#workers + 1] = seat
  leased = leased + call('LLEN', P .. 'hand:' .. beats[index])
end
return {
  text(now),
  call('HGETALL', P .. 'counters'),
  { call('ZCARD', P .. 'waiting'), call('ZCARD', P .. 'delayed'), leased, call('LLEN', P .. 'answered') },
  {
    call('ZCOUNT', P .. 'due', '-inf', '(' .. text(now)),
    call('ZCOUNT', P .. 'waiting', '-inf', '(' .. text(now)),
    least[2] and text(tonumber(least[2]) - now) or '',
    longest,
    call('GET', P .. 'blob-bytes') or '0',
    call('ZCARD', P .. 'results') + tonumber(call('GET', P .. 'forgotten') or 0),
  },
  workers,
  call('GET', P .. 'announced'),
}
