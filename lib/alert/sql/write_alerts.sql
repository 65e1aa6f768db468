-- $1 environment, $2 ids, $3 rules, $4 dedup keys, $5 phases, $6 active since, $7 fired at ('': not
-- yet), $8 evaluated at, $9 bodies.
INSERT INTO pcx.alert_state (environment, alert_id, rule, dedup_key, phase, active_since, fired_at,
                             evaluated_at, body)
SELECT $1::text, alert_id, rule, dedup_key, phase, active_since::timestamptz,
       nullif(fired_at, '')::timestamptz, evaluated_at::timestamptz, body::json
  FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
              $9::text[])
       AS given (alert_id, rule, dedup_key, phase, active_since, fired_at, evaluated_at, body)
ON CONFLICT (environment, alert_id) DO UPDATE
   SET rule = excluded.rule, dedup_key = excluded.dedup_key, phase = excluded.phase,
       active_since = excluded.active_since, fired_at = excluded.fired_at,
       evaluated_at = excluded.evaluated_at, body = excluded.body;
