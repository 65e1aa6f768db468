SELECT d.datname::text AS "database", pg_database_size(d.oid)::float8 AS database_bytes
  FROM pg_database AS d
 WHERE d.datallowconn AND NOT d.datistemplate
   AND (has_database_privilege(d.oid, 'CONNECT') OR pg_has_role('pg_read_all_stats', 'USAGE'))
 ORDER BY d.datname;
