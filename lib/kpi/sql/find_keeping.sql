-- Naming pcx.kpi_daily where it is not, or without rights, is an error, and the end of the transaction; whether
-- a name exists may be asked by who may use its schema. Without a table, which a new session would plan for a
-- while.
SELECT s.oid IS NOT NULL AND (t.oid IS NOT NULL OR NOT s.is_usable) AS is_there,
       coalesce(has_table_privilege(t.oid, 'SELECT'), false)       AS is_readable
  FROM (SELECT to_regnamespace('pcx') AS oid,
               has_schema_privilege(to_regnamespace('pcx'), 'USAGE') AS is_usable) AS s
 CROSS JOIN LATERAL (SELECT CASE WHEN s.is_usable THEN to_regclass('pcx.kpi_daily') END AS oid) AS t;
