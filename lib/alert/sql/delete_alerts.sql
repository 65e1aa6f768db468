-- $1 environment, $2 ids.
DELETE FROM pcx.alert_state
 WHERE environment = $1 AND alert_id = ANY ($2::text[]);
