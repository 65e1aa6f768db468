-- Of each audited table: whether there is something of its name, and a table, which one it is now by the number that its
-- last note of installing has (NULLs: it is gone, or nothing of this cluster's is noted), and what the
-- columns are called now that had these names then ('': dropped). Anybody can write what looks like a note:
-- its numbers are compared as text, so that one that is none is nobody's.
WITH noted AS (
    SELECT DISTINCT ON (m.details ->> 'relation')
           m.details ->> 'relation' AS relation, m.details -> 'catalog' AS place
      FROM pcx.audit_meta AS m
     WHERE m.kind IN ('install', 'pause') AND m.details ? 'catalog'
     ORDER BY m.details ->> 'relation', m.at DESC, m.seq DESC
), here AS (
    SELECT n.relation, n.place,
           CASE WHEN jsonb_typeof(n.place -> 'columns') = 'object' THEN n.place -> 'columns' ELSE '{}' END
               AS columns
      FROM noted AS n
     WHERE n.place ->> 'system_identifier' = (SELECT system_identifier::text FROM pg_control_system())
       AND n.place ->> 'database'
           = (SELECT oid::text FROM pg_database WHERE datname = current_database())
)
SELECT r.relation,
       EXISTS (SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
                WHERE n.nspname || '.' || c.relname = r.relation
                  AND c.relkind IN ('r', 'p', 'v', 'm', 'f'))                 AS is_there,
       EXISTS (SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
                WHERE n.nspname || '.' || c.relname = r.relation AND c.relkind = 'r') AS is_table,
       s.nspname::text                                                      AS schema_name,
       c.relname::text                                                      AS table_name,
       h.place::text                                                        AS place,
       ARRAY(SELECT k.key FROM jsonb_each_text(h.columns) AS k
              ORDER BY k.key)                                               AS columns,
       ARRAY(SELECT coalesce(a.attname::text, '')
               FROM jsonb_each_text(h.columns) AS k
               LEFT JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum::text = k.value
                                          AND NOT a.attisdropped
              ORDER BY k.key)                                               AS now
  FROM pcx.audit_table AS r
  LEFT JOIN here AS h ON h.relation = r.relation
  LEFT JOIN pg_class AS c ON c.oid::text = h.place ->> 'relation' AND c.relkind = 'r'
  LEFT JOIN pg_namespace AS s ON s.oid = c.relnamespace
 ORDER BY r.relation
