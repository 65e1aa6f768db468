-- Naming pcx.kpi_daily where it is not, or without rights, is an error, and the end of the transaction; whether
-- a name exists may be asked by who may use its schema. Without a table, which a new session would plan for a
-- while. The search path may be the application's: each name with its schema, and each type as pg_catalog's
-- functions have it, lest others are called.
SELECT s.is_usable, t.oid IS NOT NULL AS is_there,
       coalesce(pg_catalog.has_table_privilege(t.oid, 'SELECT'), false) AS is_readable
  FROM (SELECT pg_catalog.has_schema_privilege(pg_catalog.to_regnamespace('pcx')::oid, 'USAGE') AS is_usable) AS s
 CROSS JOIN LATERAL (SELECT CASE WHEN s.is_usable
                                 THEN pg_catalog.to_regclass('pcx.kpi_daily')::oid END AS oid) AS t;
