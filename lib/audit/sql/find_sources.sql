-- Which of the trail's two sources are there; by the catalogue, which everybody may read.
SELECT coalesce(bool_or(n.nspname = 'public' AND c.relname = 'audit_logs'), false) AS app,
       coalesce(bool_or(n.nspname = 'pcx' AND c.relname = 'change'), false)        AS trigger
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE (n.nspname = 'public' AND c.relname = 'audit_logs')
    OR (n.nspname = 'pcx' AND c.relname = 'change');
