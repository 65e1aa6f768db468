-- What there is of the columns of fields. $1 their schemas, $2 tables, $3 columns. A row for each.
SELECT c.relkind::text AS kind, t.typname::text AS type,
       (SELECT pg_catalog.array_agg(k.attname::text)
          FROM pg_catalog.pg_index i
          JOIN pg_catalog.pg_attribute k ON k.attrelid = c.oid AND k.attnum = ANY (i.indkey)
         WHERE i.indrelid = c.oid AND i.indisprimary) AS key_names
  FROM unnest($1::text[], $2::text[], $3::text[])
         WITH ORDINALITY AS f(schema_name, table_name, column_name, number)
  LEFT JOIN pg_catalog.pg_namespace n ON n.nspname = f.schema_name
  LEFT JOIN pg_catalog.pg_class c
         ON c.relnamespace = n.oid AND c.relname = f.table_name
        AND c.relkind IN ('r', 'p', 'f', 'v', 'm')
  LEFT JOIN pg_catalog.pg_attribute a
         ON a.attrelid = c.oid AND a.attname = f.column_name AND a.attnum > 0
        AND NOT a.attisdropped
  LEFT JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
 ORDER BY f.number;
