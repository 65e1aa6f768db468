-- The numbers of other sessions' transactions in this database that are older than $1 milliseconds.
-- When a session of another role began its one is not for every role to see: any of it counts.
SELECT DISTINCT l.virtualtransaction AS number
  FROM pg_catalog.pg_locks l
  JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
 WHERE l.locktype = 'virtualxid' AND l.granted AND l.mode = 'ExclusiveLock'
   AND a.datname = pg_catalog.current_database() AND a.pid <> pg_catalog.pg_backend_pid()
   AND (a.xact_start IS NULL
        OR extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start) * 1000 >= $1::bigint);
