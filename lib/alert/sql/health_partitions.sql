-- How many months after this one have partitions without a gap (pcx.audit_make_months), of change and ledger
-- whichever has fewer. No row where there is no trail.
SELECT min(coalesce((SELECT min(n) - 1
                       FROM generate_series(1, 120) AS n
                      WHERE NOT EXISTS (
                                SELECT FROM pg_inherits AS i JOIN pg_class AS c ON c.oid = i.inhrelid
                                 WHERE i.inhparent = p.oid
                                   AND c.relname = p.relname || '_' || to_char(
                                           (now() AT TIME ZONE 'UTC') + make_interval(months => n),
                                           'YYYYMM'))), 120))::float8 AS audit_partitions_ahead
  FROM pg_class AS p
 WHERE p.relnamespace = to_regnamespace('pcx') AND p.relname IN ('change', 'ledger') AND p.relkind = 'p'
HAVING count(*) > 0;
