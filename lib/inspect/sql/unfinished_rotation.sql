-- The rotation that is not finished, and for how long nobody worked at it.
SELECT r.id, r.target_key, r.paused_at IS NOT NULL AS paused,
       (extract(epoch FROM clock.t - coalesce(r.paused_at, greatest(r.started_at, s.seen))) * 1000)
         ::bigint AS idle_ms
  FROM pcx.rotation r
  CROSS JOIN (SELECT pg_catalog.clock_timestamp() AS t) clock
  CROSS JOIN LATERAL (SELECT max(updated_at) AS seen FROM pcx.rotation_shard
                       WHERE rotation_id = r.id) s
 WHERE r.finished_at IS NULL;
