-- Taking back what a worker has at hand. Needs base, settings, dispatch, lease, hand, queue.

-- The whole hand: its worker's lease has ended.
local function emptyHand(worker)
  for _, element in ipairs(call('LRANGE', handOf(worker), 0, -1)) do
    local _, id = partsOf(element)
    count('handedBack', 1)
    enqueueAgain(id)
  end
  call('DEL', handOf(worker))
end

-- One task of it. Whether the worker had it at hand, by this lease where one is given.
local function outOfHand(worker, id, lease)
  local element = atHand(worker, id, lease)
  return element and call('LREM', handOf(worker), 1, element) == 1
end
