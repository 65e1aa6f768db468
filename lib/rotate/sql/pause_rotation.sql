-- $1 rotation, $2 whether.
UPDATE pcx.rotation
   SET paused_at = CASE WHEN $2::bool THEN coalesce(paused_at, pg_catalog.clock_timestamp()) END
 WHERE id = $1 AND finished_at IS NULL;
