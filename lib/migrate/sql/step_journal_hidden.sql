-- Whether the tables of steps are there, and this role may not read them.
SELECT coalesce(NOT bool_and(pg_catalog.has_schema_privilege(n.oid, 'USAGE')
                             AND pg_catalog.has_table_privilege(c.oid, 'SELECT')), false) AS hidden
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE n.nspname = 'pcx' AND c.relname IN ('migration_run', 'migration_step');
