-- Without a table, which a new session would plan for a while: each command asks this first. Whether a name
-- exists may be asked by who may use its schema.
SELECT s.oid IS NOT NULL                                                        AS schema_exists,
       t.oid IS NOT NULL                                                        AS table_exists,
       coalesce(s.is_usable AND (t.oid IS NULL OR has_table_privilege(t.oid, 'SELECT')), true)
                                                                                AS readable,
       coalesce(has_table_privilege(t.journal, 'INSERT'), false)                AS journal_writable,
       coalesce(has_table_privilege(t.journal, 'SELECT'), false)                AS journal_readable
  FROM (SELECT to_regnamespace('pcx')::oid AS oid,
               has_schema_privilege(to_regnamespace('pcx')::oid, 'USAGE') AS is_usable) AS s
 CROSS JOIN LATERAL (SELECT CASE WHEN s.is_usable THEN to_regclass('pcx.schema_step')::oid END AS oid,
                            CASE WHEN s.is_usable THEN to_regclass('pcx.journal')::oid END AS journal) AS t;
