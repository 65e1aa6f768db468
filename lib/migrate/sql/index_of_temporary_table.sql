-- $1 name of a temporary table of this session that has one index.
SELECT i.indexrelid::bigint AS oid
  FROM pg_catalog.pg_index AS i
  JOIN pg_catalog.pg_class AS t ON t.oid = i.indrelid
 WHERE t.relname = $1 AND t.relnamespace = pg_catalog.pg_my_temp_schema();
