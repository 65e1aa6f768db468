-- $1 environment, $2 the generation that was read, 0: none, $3 ran at, $4 exit code, $5 run (NULL: it
-- never ran), $6 body, $7 now. No row is touched when another generation is there, or none any more.
-- Whoever waits for COMMIT may rely on it, also where the role or database does not ask for that.
INSERT INTO pcx.alert_run AS r (environment, generation, ran_at, exit_code, run_id, body, written_at)
SELECT $1::text, $2::bigint + 1, $3::timestamptz, $4::integer, $5::text, $6::json, $7::timestamptz
  FROM set_config('synchronous_commit',
                  CASE current_setting('synchronous_commit')
                       WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, true)
 WHERE $2::bigint = 0 OR EXISTS (SELECT FROM pcx.alert_run WHERE environment = $1::text)
ON CONFLICT (environment) DO UPDATE
   SET generation = excluded.generation, ran_at = excluded.ran_at, exit_code = excluded.exit_code,
       run_id = excluded.run_id, body = excluded.body, written_at = excluded.written_at
 WHERE r.generation = $2::bigint;
