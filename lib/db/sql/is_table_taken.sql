-- $1 schema, $2 table: whether a transaction that has gone on for a while holds a lock of it, or
-- one that is none of reading and writing. An autovacuum counts where it cannot be made to give way
-- (limit_polite_wait).
SELECT EXISTS (
    SELECT 1
      FROM pg_catalog.pg_class c
      JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
      JOIN pg_catalog.pg_locks l ON l.relation = c.oid AND l.granted
      JOIN pg_catalog.pg_database d ON d.oid = l.database
      JOIN pg_catalog.pg_stat_activity a ON a.pid = l.pid
     WHERE n.nspname = $1 AND c.relname = $2 AND d.datname = pg_catalog.current_database()
       AND l.pid <> pg_catalog.pg_backend_pid()
       AND (pg_catalog.clock_timestamp() - a.xact_start > '50ms'
            OR l.mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock'))
       AND NOT (a.backend_type = 'autovacuum worker'
                AND pg_catalog.current_setting('is_superuser') = 'on')) AS taken;
