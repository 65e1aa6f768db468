-- $1 oid of a table. What REINDEX CONCURRENTLY leaves of it and its partitions when it is stopped:
-- invalid indexes called NAME_ccnew or NAME_ccold beside an index NAME, with a number behind it when
-- the name was taken; a long NAME is cut (PostgreSQL: ChooseRelationName). `table_oid`: of a TOAST
-- table's index it is the table that the TOAST table belongs to.
WITH tables AS (SELECT $1::bigint::oid AS oid
                UNION
                SELECT relid::oid FROM pg_catalog.pg_partition_tree($1::bigint::oid::regclass))
SELECT i.indexrelid::bigint AS oid, tables.oid::bigint AS table_oid
  FROM tables
  JOIN pg_catalog.pg_class AS t USING (oid)
  JOIN pg_catalog.pg_index AS i ON i.indrelid IN (t.oid, t.reltoastrelid)
  JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
 WHERE NOT i.indisvalid AND c.relkind = 'i' AND c.relname ~ '_cc(new|old)[0-9]*$'
   AND EXISTS (SELECT FROM pg_catalog.pg_index AS original
                 JOIN pg_catalog.pg_class AS o ON o.oid = original.indexrelid
                WHERE original.indrelid = i.indrelid AND o.oid <> c.oid
                  AND pg_catalog.starts_with(
                        o.relname, pg_catalog.regexp_replace(c.relname, '_cc(new|old)[0-9]*$', '')))
 ORDER BY i.indexrelid;
