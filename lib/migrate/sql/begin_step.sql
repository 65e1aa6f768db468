-- Before a step that stands alone. $1 id of the ledger row, $2 number, $3 kind, $4 hash, $5 to $7
-- what the catalog held.
INSERT INTO pcx.migration_step (ledger_row, number, kind, hash, relation, object, known)
VALUES ($1, $2, $3, $4, $5, $6, $7::text[]::bigint[]);
