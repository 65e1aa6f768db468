-- waitstart is NULL for a moment after a wait began.
SELECT count(DISTINCT l.pid)::float8 AS lock_waiters,
       coalesce(max(extract(epoch FROM clock_timestamp() - l.waitstart)), 0)::float8 AS lock_wait_seconds
  FROM pg_locks AS l
 WHERE NOT l.granted;
