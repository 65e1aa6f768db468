-- $1 how many months are kept. Months of the trail that are over for longer than that, by the server's
-- clock, with partitions of their own (pcx.audit_make_months).
WITH partition AS (
    SELECT i.inhparent = 'pcx.change'::pg_catalog.regclass AS is_change, c.oid,
           pg_catalog.to_date(pg_catalog.right(c.relname, 6), 'YYYYMM') AS month
      FROM pg_catalog.pg_inherits AS i
      JOIN pg_catalog.pg_class AS c ON c.oid = i.inhrelid
     WHERE i.inhparent IN ('pcx.change'::pg_catalog.regclass, 'pcx.ledger'::pg_catalog.regclass)
       AND c.relname ~ '^(change|ledger)_[0-9]{6}$'
)
SELECT pg_catalog.to_char(p.month, 'YYYY-MM') AS month,
       pg_catalog.to_char(p.month, 'YYYYMM') AS suffix,
       pg_catalog.to_char(p.month, 'YYYY-MM-01') || ' 00:00:00+00' AS begins,
       pg_catalog.to_char(p.month + interval '1 month', 'YYYY-MM-01') || ' 00:00:00+00' AS ends,
       pg_catalog.bool_or(p.is_change) AND NOT pg_catalog.bool_and(p.is_change) AS has_changes,
       coalesce(pg_catalog.sum(pg_catalog.pg_total_relation_size(p.oid)), 0)::bigint AS bytes
  FROM partition AS p
 WHERE p.month + pg_catalog.make_interval(months => 1 + $1::integer)
         <= pg_catalog.date_trunc('month', pg_catalog.clock_timestamp() AT TIME ZONE 'UTC')
 GROUP BY p.month
 ORDER BY p.month;
