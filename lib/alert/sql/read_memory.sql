-- $1 environment. Without a row nobody has written yet: generation 0.
SELECT generation, body::text AS body
  FROM pcx.alert_run
 WHERE environment = $1;
