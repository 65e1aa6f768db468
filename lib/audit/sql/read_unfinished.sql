-- Tables that the last `install` began with and did not come to: neither installed nor uninstalled since.
-- Anybody can write what looks like a note: one without a list names none.
WITH begun AS (
    SELECT m.details, m.at
      FROM pcx.audit_meta AS m
     WHERE m.kind = 'begin'
     ORDER BY m.at DESC, m.seq DESC
     LIMIT 1
)
SELECT t.relation
  FROM begun AS b
 CROSS JOIN jsonb_array_elements_text(CASE WHEN jsonb_typeof(b.details -> 'tables') = 'array'
                                          THEN b.details -> 'tables' ELSE '[]' END) AS t (relation)
 WHERE NOT EXISTS (SELECT FROM pcx.audit_table AS r WHERE r.relation = t.relation)
   AND NOT EXISTS (SELECT FROM pcx.audit_meta AS m
                    WHERE m.kind IN ('install', 'uninstall') AND m.at >= b.at
                      AND m.details ->> 'relation' = t.relation)
   AND EXISTS (SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
                WHERE n.nspname || '.' || c.relname = t.relation)
 ORDER BY t.relation
