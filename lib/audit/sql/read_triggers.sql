-- pcx's triggers outside of schema pcx. `plain`: without WHEN and without a list of columns, for
-- which they would not fire always.
SELECT n.nspname::text            AS schema_name,
       c.relname::text            AS table_name,
       t.tgname::text             AS name,
       t.tgfoid::regproc::text    AS function_name,
       t.tgtype::int              AS type,
       t.tgenabled::text          AS enabled,
       t.tgqual IS NULL AND t.tgattr::text = '' AS plain,
       encode(t.tgargs, 'hex')    AS arguments
  FROM pg_trigger AS t
  JOIN pg_class AS c ON c.oid = t.tgrelid
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
 WHERE t.tgname ^@ 'pcx_audit' AND n.nspname <> 'pcx'
 ORDER BY n.nspname, c.relname, t.tgname
