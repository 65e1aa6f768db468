-- A table, or a column of it when one is named; no row when it is not there. Where row level
-- security or a missing right hides rows from this role, a count would be too low or an error.
-- $1 schema, $2 table, $3 column or ''.
SELECT NOT pg_catalog.row_security_active(c.oid)
       AND (pg_catalog.has_table_privilege(c.oid, 'SELECT')
            OR $3 <> '' AND pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT'))
                                                                         AS sees_every_row
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attname = $3
                                     AND a.attnum > 0 AND NOT a.attisdropped
 WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'f')
   AND ($3 = '' OR a.attnum IS NOT NULL);
