-- $1 oid of a table. INVALID indexes of it and its partitions that an earlier run renamed, to drop
-- them, and did not drop any more.
WITH tables AS (SELECT $1::bigint::oid AS oid
                UNION
                SELECT relid::oid FROM pg_catalog.pg_partition_tree($1::bigint::oid::regclass))
SELECT i.indexrelid::bigint AS oid, tables.oid::bigint AS table_oid
  FROM tables
  JOIN pg_catalog.pg_index AS i ON i.indrelid = tables.oid
  JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
 WHERE NOT i.indisvalid AND c.relname = 'pcx_drop_' || c.oid
 ORDER BY i.indexrelid;
