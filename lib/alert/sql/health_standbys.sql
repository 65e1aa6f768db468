SELECT count(*)::float8 AS standbys, pg_is_in_recovery()::int::float8 AS in_recovery
  FROM pg_stat_replication AS r
 WHERE r.state = 'streaming';
