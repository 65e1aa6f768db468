-- $1 environment.
SELECT receiver, dedup_key, body::text AS body
  FROM pcx.alert_incident
 WHERE environment = $1
 ORDER BY receiver, dedup_key;
