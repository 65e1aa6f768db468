-- Whether a table, and a column of it when one is named, exists. $1 schema, $2 table, $3 column or ''.
SELECT EXISTS (
         SELECT FROM pg_catalog.pg_class c
           JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
          WHERE n.nspname = $1 AND c.relname = $2 AND c.relkind IN ('r', 'p', 'f')
            AND ($3 = '' OR EXISTS (SELECT FROM pg_catalog.pg_attribute a
                                     WHERE a.attrelid = c.oid AND a.attname = $3
                                       AND a.attnum > 0 AND NOT a.attisdropped))
       ) AS found;
