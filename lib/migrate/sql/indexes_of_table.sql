-- $1 oid of a table. Its indexes, the oldest first; not those that only hold partitions' together.
SELECT i.indexrelid::bigint AS oid, n.nspname AS schema, c.relname AS name, i.indisvalid AS valid
  FROM pg_catalog.pg_index AS i
  JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE i.indrelid = $1::bigint::oid AND c.relkind = 'i'
 ORDER BY i.indexrelid;
