-- Who holds the advisory lock $1 in this database. A bigint key is split into classid and objid,
-- with objsubid 1 (PostgreSQL 15 documentation, 54.12 pg_locks). Without the right to see the other
-- role's activity only its pid is known.
SELECT l.pid,
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
   AND (l.classid::bigint << 32 | l.objid::bigint) = $1::bigint
 LIMIT 1;
