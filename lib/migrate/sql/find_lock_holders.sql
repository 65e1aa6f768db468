-- Who holds or waits for a lock on one of the relations $1 (oids) right now. Rows of other roles'
-- sessions show no query or state without pg_read_all_stats. The server's own processes go by what
-- they are ("autovacuum worker").
SELECT l.relation::bigint AS oid, l.mode, l.granted, l.pid,
       coalesce(a.usename, '')          AS user_name,
       CASE WHEN coalesce(a.backend_type, 'client backend') = 'client backend'
            THEN coalesce(a.application_name, '')
            ELSE a.backend_type END     AS application,
       coalesce(a.state, '')            AS state,
       coalesce(greatest(extract(epoch FROM clock_timestamp() - a.xact_start), 0), 0)::bigint
                                        AS transaction_s,
       coalesce(greatest(extract(epoch FROM clock_timestamp() - a.query_start), 0), 0)::bigint
                                        AS query_s
  FROM pg_catalog.pg_locks AS l
  LEFT JOIN pg_catalog.pg_stat_activity AS a USING (pid)
 WHERE l.locktype = 'relation'
   AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
   AND l.relation::bigint = ANY ($1::bigint[])
   AND l.pid <> pg_catalog.pg_backend_pid()
 ORDER BY l.granted DESC, transaction_s DESC, l.pid;
