-- $1 environment; $2 lines of the outbox and $3 silences that have ended, unless earlier. In no order; without a
-- row of the first table nobody has written yet. One statement sees one moment, and a new session plans it
-- sooner than six.
SELECT 'alert_run' AS name, generation, body::text AS body
  FROM pcx.alert_run
 WHERE environment = $1
 UNION ALL
SELECT 'alert_state', 0::bigint, body::text
  FROM pcx.alert_state
 WHERE environment = $1
 UNION ALL
SELECT 'alert_incident', 0::bigint, body::text
  FROM pcx.alert_incident
 WHERE environment = $1
 UNION ALL
SELECT 'alert_outbox', 0::bigint, body::text
  FROM pcx.alert_outbox
 WHERE environment = $1 AND (delivery = 'queued' OR ended_at >= $2::timestamptz)
 UNION ALL
SELECT 'alert_silence', 0::bigint, body::text
  FROM pcx.alert_silence
 WHERE environment = $1 AND (expired_at IS NULL OR expired_at >= $3::timestamptz)
 UNION ALL
SELECT 'alert_reading', 0::bigint, body::text
  FROM pcx.alert_reading
 WHERE environment = $1;
