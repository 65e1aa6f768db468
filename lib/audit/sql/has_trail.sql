-- Whether schema pcx has the trail's tables. By the catalogue: whoever may not use schema pcx gets an
-- answer, too.
SELECT count(*) = 3 AS is_there
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE n.nspname = 'pcx' AND c.relname IN ('audit_meta', 'change', 'ledger')
