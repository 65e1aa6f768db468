-- $1 id of the ledger row, $2 number, $3 outcome.
UPDATE pcx.migration_step
   SET outcome = $3, finished_at = pg_catalog.clock_timestamp()
 WHERE ledger_row = $1 AND number = $2 AND finished_at IS NULL;
