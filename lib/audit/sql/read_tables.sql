-- $1 schemas, $2 tables, side by side: what is known of each; NULLs where there is none. `kind` is
-- pg_class.relkind.
SELECT w.schema_name,
       w.table_name,
       c.relkind::text                    AS kind,
       pg_get_userbyid(c.relowner)::text  AS owner,
       pg_has_role(c.relowner, 'USAGE')   AS may_alter,
       ARRAY(SELECT a.attname::text
               FROM pg_attribute AS a
              WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
              ORDER BY a.attnum)          AS columns,
       ARRAY(SELECT format_type(a.atttypid, NULL)
               FROM pg_attribute AS a
              WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
              ORDER BY a.attnum)          AS types,
       ARRAY(SELECT a.attname::text
               FROM pg_index AS i
              CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place)
               JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.number
              WHERE i.indrelid = c.oid AND i.indisprimary AND k.place <= i.indnkeyatts
              ORDER BY k.place)           AS key_columns
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w (schema_name, table_name, place)
  LEFT JOIN pg_namespace AS n ON n.nspname = w.schema_name
  LEFT JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = w.table_name
                         AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
 ORDER BY w.place
