-- A step that failed and left nothing. $1 id of the ledger row, $2 number.
DELETE FROM pcx.migration_step WHERE ledger_row = $1 AND number = $2 AND finished_at IS NULL;
