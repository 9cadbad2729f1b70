-- Whether the step with this fencing number has been overtaken by a newer one; notes the number where it has not.
-- Needs base.
local function isStale(fence)
  if tonumber(fence) < tonumber(call('GET', P .. 'syn-fence') or 0) then return true end
  call('SET', P .. 'syn-fence', fence)
  return false
end
