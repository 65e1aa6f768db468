-- Asks the catalogs, which anybody may read: naming pcx.schema_step without rights is an error.
SELECT s.oid IS NOT NULL                                              AS schema_exists,
       t.oid IS NOT NULL                                              AS table_exists,
       coalesce(has_schema_privilege(s.oid, 'USAGE')
                AND (t.oid IS NULL OR has_table_privilege(t.oid, 'SELECT')), true)
                                                                      AS readable,
       coalesce(has_schema_privilege(s.oid, 'USAGE')
                AND has_table_privilege(j.oid, 'INSERT'), false)      AS journal_writable,
       coalesce(has_schema_privilege(s.oid, 'USAGE')
                AND has_table_privilege(j.oid, 'SELECT'), false)      AS journal_readable,
       CASE WHEN s.oid IS NULL THEN has_database_privilege(current_database(), 'CREATE')
            ELSE pg_has_role(s.nspowner, 'MEMBER') END                AS may_create
  FROM (VALUES (1)) AS one
  LEFT JOIN pg_catalog.pg_namespace AS s ON s.nspname = 'pcx'
  LEFT JOIN pg_catalog.pg_class AS t ON t.relnamespace = s.oid AND t.relname = 'schema_step'
  LEFT JOIN pg_catalog.pg_class AS j ON j.relnamespace = s.oid AND j.relname = 'journal';
