-- $1 environment, $2 ids. Those that have ended.
SELECT 'alert_silence' AS name, id AS key, body::text AS body
  FROM pcx.alert_silence
 WHERE environment = $1 AND expired_at IS NOT NULL AND id = ANY ($2::text[]);
