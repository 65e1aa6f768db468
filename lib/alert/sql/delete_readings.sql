-- $1 environment, $2 times.
DELETE FROM pcx.alert_reading
 WHERE environment = $1 AND at = ANY ($2::timestamptz[]);
