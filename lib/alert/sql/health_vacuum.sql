-- Tables with more dead rows than autovacuum waits for (PostgreSQL 15, 25.1.6; with the table's own settings),
-- and the longest time since one of them was vacuumed. One that never was counts from the start of the
-- server, or of its statistics. Right after a large DELETE this jumps until autovacuum has come: rules
-- want a `for`.
WITH waiting AS (
    SELECT s.n_dead_tup
           > coalesce(o.threshold, current_setting('autovacuum_vacuum_threshold')::float8)
             + coalesce(o.scale, current_setting('autovacuum_vacuum_scale_factor')::float8)
               * greatest(c.reltuples, 0) AS is_due,
           coalesce(greatest(s.last_autovacuum, s.last_vacuum),
                    greatest(pg_postmaster_start_time(), d.stats_reset)) AS vacuumed_at
      FROM pg_stat_all_tables AS s
      JOIN pg_class AS c ON c.oid = s.relid AND c.relpersistence <> 't'
      JOIN pg_stat_database AS d ON d.datname = current_database()
     CROSS JOIN LATERAL (
               SELECT max(p.option_value::float8) FILTER (
                          WHERE p.option_name = 'autovacuum_vacuum_threshold') AS threshold,
                      max(p.option_value::float8) FILTER (
                          WHERE p.option_name = 'autovacuum_vacuum_scale_factor') AS scale
                 FROM pg_options_to_table(c.reloptions) AS p) AS o
)
SELECT count(*)::float8 AS tables_due_for_vacuum,
       coalesce(max(extract(epoch FROM clock_timestamp() - w.vacuumed_at)), 0)::float8 AS vacuum_age_seconds
  FROM waiting AS w
 WHERE w.is_due;
