-- $1 a quoted name, as this session's search_path finds it. `table_oid` is an index's table.
SELECT c.oid::bigint AS oid, coalesce(i.indrelid, 0)::bigint AS table_oid,
       coalesce(i.indisvalid, true) AS valid
  FROM pg_catalog.pg_class AS c
  LEFT JOIN pg_catalog.pg_index AS i ON i.indexrelid = c.oid
 WHERE c.oid = pg_catalog.to_regclass($1)::oid;
