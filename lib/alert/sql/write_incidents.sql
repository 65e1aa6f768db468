-- $1 environment, $2 receivers, $3 dedup keys, $4 opened at, $5 notified at, $6 severities,
-- $7 acknowledged by ('': nobody), $8 bodies.
INSERT INTO pcx.alert_incident (environment, receiver, dedup_key, opened_at, notified_at, severity,
                                acked_by, body)
SELECT $1::text, receiver, dedup_key, opened_at::timestamptz, notified_at::timestamptz, severity,
       nullif(acked_by, ''), body::json
  FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
       AS given (receiver, dedup_key, opened_at, notified_at, severity, acked_by, body)
ON CONFLICT (environment, receiver, dedup_key) DO UPDATE
   SET opened_at = excluded.opened_at, notified_at = excluded.notified_at,
       severity = excluded.severity, acked_by = excluded.acked_by, body = excluded.body;
