-- Two upgrades at once: the second waits here until the first has committed. It may wait inside the
-- server, because nobody holds this key for longer than the steps take; lock_timeout ends it.
SELECT set_config('lock_timeout', '10s', true), pg_advisory_xact_lock($1::bigint);
