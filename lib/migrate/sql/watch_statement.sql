-- How far the statement of session $1 (pid) is, and who is in its way, the oldest transaction first.
-- Rows of other roles' sessions show little without pg_read_all_stats.
SELECT coalesce(p.phase, '') AS phase,
       CASE WHEN p.lockers_total > 0 AND p.phase LIKE 'waiting%' THEN p.lockers_done
            WHEN p.blocks_total > 0 THEN p.blocks_done
            ELSE coalesce(p.tuples_done, 0) END AS done,
       CASE WHEN p.lockers_total > 0 AND p.phase LIKE 'waiting%' THEN p.lockers_total
            WHEN p.blocks_total > 0 THEN p.blocks_total
            ELSE coalesce(p.tuples_total, 0) END AS total,
       coalesce(b.pid, 0) AS pid, coalesce(a.usename, '') AS user_name,
       coalesce(a.application_name, '') AS application, coalesce(a.state, '') AS state,
       coalesce(greatest(extract(epoch FROM pg_catalog.clock_timestamp() - a.xact_start), 0), 0)::bigint
         AS transaction_s,
       coalesce(greatest(extract(epoch FROM pg_catalog.clock_timestamp() - a.query_start), 0), 0)::bigint
         AS query_s
  FROM (SELECT $1::int AS pid) AS me
  LEFT JOIN pg_catalog.pg_stat_progress_create_index AS p ON p.pid = me.pid
  LEFT JOIN LATERAL unnest(pg_catalog.pg_blocking_pids(me.pid)) AS b (pid) ON true
  LEFT JOIN pg_catalog.pg_stat_activity AS a ON a.pid = b.pid
 ORDER BY a.xact_start NULLS LAST, b.pid
 LIMIT 1;
