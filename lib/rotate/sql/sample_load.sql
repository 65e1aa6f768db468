-- How busy the server is. $1 pids of this run's sessions, $2 and $3 a daily window ('HH:MM' or ''),
-- $4 its time zone. Lag is NULL without a replica, and without the right to see it.
SELECT pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(), '0/0')::bigint
         AS wal_bytes,
       r.hidden_replicas, r.lag_bytes, r.lag_ms,
       s.pid AS snapshot_pid, s.age_ms AS snapshot_age_ms, s.who AS snapshot_who,
       ($2 = '' OR CASE WHEN $2 <= $3 THEN d.clock >= $2 AND d.clock < $3
                        ELSE d.clock >= $2 OR d.clock < $3 END) AS in_window
  FROM (SELECT count(*) FILTER (WHERE state IS NULL)::int AS hidden_replicas,
               max(pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_insert_lsn(),
                                              replay_lsn))::bigint AS lag_bytes,
               (max(extract(epoch FROM replay_lag)) * 1000)::bigint AS lag_ms
          FROM pg_catalog.pg_stat_replication
         WHERE state IN ('streaming', 'catchup') OR state IS NULL) r
  CROSS JOIN (SELECT pg_catalog.to_char(pg_catalog.now() AT TIME ZONE $4, 'HH24:MI') AS clock) d
  LEFT JOIN LATERAL (
       SELECT pid,
              (extract(epoch FROM pg_catalog.clock_timestamp()
                                  - coalesce(xact_start, query_start, backend_start)) * 1000)::bigint
                AS age_ms,
              CASE WHEN usename IS NULL THEN backend_type
                   ELSE pg_catalog.concat_ws(' ', nullif(application_name, ''), 'of role', usename)
               END AS who
         FROM pg_catalog.pg_stat_activity
        WHERE backend_xmin IS NOT NULL AND datname = pg_catalog.current_database()
          AND pid <> ALL ($1::text[]::int[])
        ORDER BY coalesce(xact_start, query_start, backend_start)
        LIMIT 1) s ON true;
