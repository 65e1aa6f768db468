-- lib/sandbox/sql/seed_definitions.sql: foreign keys of the tables $2 of schema $1, and key
-- constraints and other indexes of the tables $3 among them, each with the statements that drop it
-- and that make it again, in the order of dropping. Names come out qualified, since the search path
-- is pg_catalog.
WITH tables AS (
  SELECT c.oid, pg_catalog.format('%I.%I', n.nspname, c.relname) AS name,
         c.relname = ANY ($3::text[]) AS is_bare
    FROM pg_catalog.pg_class AS c
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
   WHERE n.nspname = $1 AND c.relname = ANY ($2::text[]) AND c.relkind = 'r'
)
SELECT CASE con.contype WHEN 'f' THEN 1 ELSE 2 END AS step,
       pg_catalog.format('ALTER TABLE %s DROP CONSTRAINT %I', t.name, con.conname) AS drop_sql,
       pg_catalog.format('ALTER TABLE %s ADD CONSTRAINT %I %s', t.name, con.conname,
                         pg_catalog.pg_get_constraintdef(con.oid)) AS create_sql
  FROM pg_catalog.pg_constraint AS con
  JOIN tables AS t ON t.oid = con.conrelid
 WHERE con.contype = 'f' OR (t.is_bare AND con.contype IN ('p', 'u', 'x'))
UNION ALL
SELECT 3, pg_catalog.format('DROP INDEX %I.%I', n.nspname, c.relname),
       pg_catalog.pg_get_indexdef(i.indexrelid)
  FROM pg_catalog.pg_index AS i
  JOIN tables AS t ON t.oid = i.indrelid
  JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE t.is_bare
   AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS con
                    WHERE con.conindid = i.indexrelid AND con.contype IN ('p', 'u', 'x'))
 ORDER BY 1, 2
