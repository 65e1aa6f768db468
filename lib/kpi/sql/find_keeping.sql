-- Asks the catalogs, which anybody may read: naming pcx.kpi_daily where it is not, or without rights,
-- is an error, and the end of the transaction.
SELECT count(*) > 0 AS is_there,
       coalesce(bool_and(has_schema_privilege(s.oid, 'USAGE')
                         AND has_table_privilege(t.oid, 'SELECT')), false) AS is_readable
  FROM pg_catalog.pg_namespace AS s
  JOIN pg_catalog.pg_class AS t ON t.relnamespace = s.oid
 WHERE s.nspname = 'pcx' AND t.relname = 'kpi_daily';
