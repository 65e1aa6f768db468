-- $1 tables, without quotes: those that are there, and whether they have triggers of the trail.
SELECT r.relation, max(r.oid) AS oid, bool_or(r.is_audited) AS is_audited
  FROM (SELECT replace(n.nspname || '.' || c.relname, '"', '') AS relation, c.oid::bigint AS oid,
               EXISTS (SELECT FROM pg_trigger AS t
                        WHERE t.tgrelid = c.oid AND t.tgname ^@ 'pcx_audit') AS is_audited
          FROM pg_class AS c
          JOIN pg_namespace AS n ON n.oid = c.relnamespace
         WHERE c.relkind IN ('r', 'p')) AS r
 WHERE r.relation = ANY ($1::text[])
 GROUP BY r.relation
