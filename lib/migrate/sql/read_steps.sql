-- The steps of the runs $1 (ids of ledger rows), in their order; one row of NULLs for a run without.
SELECT r.ledger_row, s.number, s.kind, s.hash, s.relation, s.object, s.known::text[] AS known,
       s.finished_at IS NOT NULL AS finished
  FROM pcx.migration_run AS r
  LEFT JOIN pcx.migration_step AS s USING (ledger_row)
 WHERE r.ledger_row = ANY ($1::text[])
 ORDER BY r.ledger_row, s.number;
