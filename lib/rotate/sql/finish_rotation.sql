-- $1 rotation, $2 outcome.
UPDATE pcx.rotation SET finished_at = pg_catalog.clock_timestamp(), outcome = $2
 WHERE id = $1 AND finished_at IS NULL;
