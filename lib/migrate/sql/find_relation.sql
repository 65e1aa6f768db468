-- $1 schema ('': the one of the migrations, $3, then pg_catalog), $2 name.
SELECT c.oid::bigint AS oid
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relname = $2
   AND CASE WHEN $1 = '' THEN n.nspname IN ($3, 'pg_catalog') ELSE n.nspname = $1 END
 ORDER BY n.nspname = 'pg_catalog'
 LIMIT 1;
