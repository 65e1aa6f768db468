-- For the life of the session. $1 class of the locks, $2 the shard.
SELECT pg_catalog.pg_try_advisory_lock($1::int, $2::int) AS locked;
