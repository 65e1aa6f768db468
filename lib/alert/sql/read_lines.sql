-- $1 environment, $2 ended ones that are not older.
SELECT id AS key, body::text AS body
  FROM pcx.alert_outbox
 WHERE environment = $1 AND (delivery = 'queued' OR ended_at >= $2::timestamptz)
 ORDER BY sequence, id;
