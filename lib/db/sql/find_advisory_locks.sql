-- Advisory locks in this database, the oldest session first: who holds the key $1, this session too;
-- or, where it is NULL, all that other sessions hold. A bigint key is split into classid and objid,
-- with objsubid 1 (PostgreSQL 15 documentation, 54.12 pg_locks). Without the right to see the other
-- role's activity only its pid is known.
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
   AND CASE WHEN $1::bigint IS NULL THEN l.pid <> pg_catalog.pg_backend_pid()
            ELSE (l.classid::bigint << 32 | l.objid::bigint) = $1::bigint END
 ORDER BY a.backend_start, l.pid;
