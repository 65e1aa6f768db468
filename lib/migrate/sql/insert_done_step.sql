-- A step in its own transaction. $1 id of the ledger row, $2 number, $3 kind, $4 hash.
INSERT INTO pcx.migration_step (ledger_row, number, kind, hash, outcome, finished_at)
VALUES ($1, $2, $3, $4, 'done', pg_catalog.clock_timestamp());
