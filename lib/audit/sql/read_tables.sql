-- $1 schemas, $2 tables, side by side: what is known of each; NULLs where there is none. `kind` is
-- pg_class.relkind. `casts`: columns whose type, or one that it is made of, has a cast to json that runs
-- somebody's function. to_jsonb() calls it, inside of triggers that run as the owner of schema pcx.
-- Functions in C and those of the server are a superuser's to make.
WITH RECURSIVE wanted AS MATERIALIZED (
    SELECT w.schema_name, w.table_name, w.place, c.oid, c.relkind, c.relowner
      FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w (schema_name, table_name, place)
      LEFT JOIN pg_namespace AS n ON n.nspname = w.schema_name
      LEFT JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = w.table_name
                             AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
), made_of (relation, number, type) AS (
    SELECT a.attrelid, a.attnum, a.atttypid
      FROM wanted AS w
      JOIN pg_attribute AS a ON a.attrelid = w.oid AND a.attnum > 0 AND NOT a.attisdropped
     UNION
    SELECT m.relation, m.number, part.type
      FROM made_of AS m
      JOIN pg_type AS t ON t.oid = m.type
     CROSS JOIN LATERAL (
            SELECT t.typbasetype AS type WHERE t.typtype = 'd'
             UNION ALL
            SELECT t.typelem WHERE t.typelem <> 0
             UNION ALL
            SELECT a.atttypid FROM pg_attribute AS a
             WHERE t.typtype = 'c' AND a.attrelid = t.typrelid AND a.attnum > 0 AND NOT a.attisdropped
           ) AS part
), cast_columns AS MATERIALIZED (
    SELECT DISTINCT m.relation, m.number
      FROM made_of AS m
      JOIN pg_cast AS k ON k.castsource = m.type AND k.castmethod = 'f'
                       AND k.casttarget IN ('json'::regtype, 'jsonb'::regtype)
      JOIN pg_proc AS p ON p.oid = k.castfunc
      JOIN pg_language AS l ON l.oid = p.prolang AND l.lanname NOT IN ('internal', 'c')
)
SELECT w.schema_name,
       w.table_name,
       w.relkind::text                    AS kind,
       pg_get_userbyid(w.relowner)::text  AS owner,
       pg_has_role(w.relowner, 'USAGE')   AS may_alter,
       ARRAY(SELECT a.attname::text
               FROM pg_attribute AS a
              WHERE a.attrelid = w.oid AND a.attnum > 0 AND NOT a.attisdropped
              ORDER BY a.attnum)          AS columns,
       ARRAY(SELECT format_type(a.atttypid, NULL)
               FROM pg_attribute AS a
              WHERE a.attrelid = w.oid AND a.attnum > 0 AND NOT a.attisdropped
              ORDER BY a.attnum)          AS types,
       ARRAY(SELECT a.attname::text
               FROM cast_columns AS k
               JOIN pg_attribute AS a ON a.attrelid = k.relation AND a.attnum = k.number
              WHERE k.relation = w.oid
              ORDER BY a.attnum)          AS casts,
       ARRAY(SELECT a.attname::text
               FROM pg_index AS i
              CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS k (number, place)
               JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.number
              WHERE i.indrelid = w.oid AND i.indisprimary AND k.place <= i.indnkeyatts
              ORDER BY k.place)           AS key_columns
  FROM wanted AS w
 ORDER BY w.place
