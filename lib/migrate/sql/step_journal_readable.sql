-- Whether the tables of steps are there, and this role may read and write them.
SELECT coalesce(bool_and(pg_catalog.has_schema_privilege(n.oid, 'USAGE')
                         AND pg_catalog.has_table_privilege(c.oid, 'SELECT')), false)
         AND count(*) = 2 AS readable,
       coalesce(bool_and(pg_catalog.has_schema_privilege(n.oid, 'USAGE')
                         AND pg_catalog.has_table_privilege(c.oid, 'SELECT')
                         AND pg_catalog.has_table_privilege(c.oid, 'INSERT')
                         AND (c.relname = 'migration_run'
                              OR (pg_catalog.has_table_privilege(c.oid, 'UPDATE')
                                  AND pg_catalog.has_table_privilege(c.oid, 'DELETE')))), false)
         AND count(*) = 2 AS writable
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE n.nspname = 'pcx' AND c.relname IN ('migration_run', 'migration_step');
