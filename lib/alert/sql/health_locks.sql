-- A process waits for one lock at a time; waitstart is NULL for a moment after that began. The function of
-- pg_locks, which a new session plans sooner than the view.
SELECT count(*)::float8 AS lock_waiters,
       coalesce(extract(epoch FROM clock_timestamp() - min(l.waitstart)), 0)::float8 AS lock_wait_seconds
  FROM pg_lock_status() AS l
 WHERE NOT l.granted;
