-- The CHECK constraints of pcx on a table. $1 schema, $2 table.
SELECT k.conname::text AS name, k.convalidated AS valid,
       ARRAY(SELECT a.attname::text FROM pg_catalog.pg_attribute a
              WHERE a.attrelid = k.conrelid AND a.attnum = ANY (k.conkey)
              ORDER BY a.attname::text COLLATE "C") AS columns,
       pg_catalog.pg_get_constraintdef(k.oid) AS definition
  FROM pg_catalog.pg_constraint k
  JOIN pg_catalog.pg_class c ON c.oid = k.conrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE n.nspname = $1 AND c.relname = $2 AND k.contype = 'c' AND k.conname ^@ 'pcx_sealed_'
 ORDER BY k.conname;
