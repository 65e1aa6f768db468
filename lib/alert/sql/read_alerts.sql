-- $1 environment.
SELECT alert_id AS key, body::text AS body
  FROM pcx.alert_state
 WHERE environment = $1
 ORDER BY alert_id;
