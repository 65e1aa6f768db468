-- $1 class of the locks, $2 the shard.
SELECT pg_catalog.pg_advisory_unlock($1::int, $2::int) AS released;
