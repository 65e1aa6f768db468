-- Tables outside of schema pcx that have triggers of pcx, or are in pcx.audit_table.
SELECT n.nspname::text AS schema_name, c.relname::text AS table_name
  FROM pg_class AS c
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
 WHERE n.nspname <> 'pcx' AND c.relkind IN ('r', 'p')
   AND EXISTS (SELECT FROM pg_trigger AS t WHERE t.tgrelid = c.oid AND t.tgname ^@ 'pcx_audit')
 UNION
SELECT left(relation, strpos(relation, '.') - 1), substr(relation, strpos(relation, '.') + 1)
  FROM pcx.audit_table
 ORDER BY schema_name, table_name
