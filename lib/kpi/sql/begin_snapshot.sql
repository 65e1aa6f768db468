-- Settings of one report, and its snapshot with them. Compiling the statement takes longer than running
-- it; parallel workers are left to the application. How many rows a window has the planner cannot know: it
-- takes them for many, and would sort them by their ids, a text, for joins where hashing costs a third. Nobody
-- waits long behind an ALTER TABLE that waits itself.
SELECT set_config('search_path', $1, true),
       set_config('statement_timeout', $2, true),
       set_config('lock_timeout', '5s', true),
       set_config('jit', 'off', true),
       set_config('enable_mergejoin', 'off', true),
       set_config('max_parallel_workers_per_gather', '0', true),
       to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS as_of,
       pg_current_snapshot()::text AS snapshot
