-- $1 environment, $2 id.
SELECT number, to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at
  FROM pcx.alert_event
 WHERE environment = $1 AND id = $2;
