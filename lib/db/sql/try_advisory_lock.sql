-- Never waits: a blocking pg_advisory_lock() holds a snapshot, and CREATE INDEX CONCURRENTLY in the
-- session that holds the lock would wait for it (a deadlock the server needs a second to see).
SELECT pg_catalog.pg_try_advisory_lock($1::bigint) AS taken;
