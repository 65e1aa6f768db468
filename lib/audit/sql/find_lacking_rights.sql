-- Rights on the application's trail that its function for rotations of keys needs, and its owner lacks.
SELECT w.privilege
  FROM pg_catalog.pg_namespace AS n
 CROSS JOIN unnest(ARRAY['SELECT', 'UPDATE']) AS w (privilege)
 WHERE n.nspname = 'pcx'
   AND NOT pg_catalog.has_table_privilege(n.nspowner, 'public.audit_logs', w.privilege)
 ORDER BY w.privilege
