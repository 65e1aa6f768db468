-- $1 environment.
SELECT body::text AS body
  FROM pcx.alert_reading
 WHERE environment = $1
 ORDER BY at;
