-- $1 id of the ledger row, $2 schema of the ledger, $3 name of the migration.
INSERT INTO pcx.migration_run (ledger_row, ledger, migration) VALUES ($1, $2, $3);
