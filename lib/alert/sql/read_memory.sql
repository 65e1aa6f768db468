-- $1 environment; $2 lines of the outbox and $3 silences that have ended, unless earlier. Each of the tables in
-- its order, `place` of the first being the generation; without a row of the first nobody has written yet.
-- One statement sees one moment, and a new session plans it in half the time of six.
SELECT 'alert_run' AS name, generation AS place, '' COLLATE "C" AS key, body::text AS body
  FROM pcx.alert_run
 WHERE environment = $1
 UNION ALL
SELECT 'alert_state', 0, alert_id, body::text
  FROM pcx.alert_state
 WHERE environment = $1
 UNION ALL
SELECT 'alert_incident', 0, receiver || E'\n' || dedup_key, body::text
  FROM pcx.alert_incident
 WHERE environment = $1
 UNION ALL
SELECT 'alert_outbox', sequence, id, body::text
  FROM pcx.alert_outbox
 WHERE environment = $1 AND (delivery = 'queued' OR ended_at >= $2::timestamptz)
 UNION ALL
SELECT 'alert_silence', (extract(epoch FROM starts_at) * 1000000)::bigint, id, body::text
  FROM pcx.alert_silence
 WHERE environment = $1 AND (expired_at IS NULL OR expired_at >= $3::timestamptz)
 UNION ALL
SELECT 'alert_reading', (extract(epoch FROM at) * 1000000)::bigint, '', body::text
  FROM pcx.alert_reading
 WHERE environment = $1
 ORDER BY name, place, key;
