-- $1 environment, $2 ended ones that are not older.
SELECT id AS key, body::text AS body
  FROM pcx.alert_silence
 WHERE environment = $1 AND (expired_at IS NULL OR expired_at >= $2::timestamptz)
 ORDER BY starts_at, id;
