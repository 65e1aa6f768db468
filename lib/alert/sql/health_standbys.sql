-- The function of pg_stat_replication, which joins names that nobody asks for.
SELECT count(*)::float8 AS standbys, pg_is_in_recovery()::int::float8 AS in_recovery
  FROM pg_stat_get_wal_senders() AS r
 WHERE r.state = 'streaming';
