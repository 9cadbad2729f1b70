-- Does what has become due by time alone. Collector and autoscaler call it, so that a farm without workers lives too.
-- @include base
-- @include settings
-- @include queue
-- @include finish
-- @include dispatch
-- @include lease
-- @include hand
-- @include unhand
-- @include serve
-- @include worker
-- @include reap
reap()
return text(now)
