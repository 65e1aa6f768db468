-- Every advisory lock with a bigint key that other sessions hold in this database, oldest session
-- first; see find_lock_holder.sql.
SELECT (l.classid::bigint << 32 | l.objid::bigint) AS key,
       current_database()::text           AS database,
       l.pid,
       coalesce(a.usename, '')            AS user_name,
       coalesce(a.application_name, '')   AS application,
       coalesce(host(a.client_addr), '')  AS client_address,
       coalesce(greatest(extract(epoch FROM clock_timestamp() - a.state_change), 0), 0)::bigint
                                          AS held_for_s
  FROM pg_catalog.pg_locks AS l
  LEFT JOIN pg_catalog.pg_stat_activity AS a USING (pid)
 WHERE l.locktype = 'advisory'
   AND l.granted
   AND l.objsubid = 1
   AND l.database = (SELECT oid FROM pg_catalog.pg_database WHERE datname = current_database())
   AND l.pid <> pg_catalog.pg_backend_pid()
 ORDER BY a.backend_start, l.pid;
