-- lib/sandbox/sql/read_facts.sql: the size of this database, and its tables in schema public with
-- the number of rows that the planner's statistics know.
SELECT pg_catalog.current_setting('server_version') AS server_version,
       pg_catalog.pg_database_size(pg_catalog.current_database()) AS database_bytes,
       pg_catalog.count(*) AS tables,
       coalesce(pg_catalog.sum(greatest(c.reltuples, 0)), 0)::pg_catalog.int8 AS rows_estimated,
       pg_catalog.to_regclass('public._prisma_migrations') IS NOT NULL AS has_migrations
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE n.nspname = 'public' AND c.relkind = 'r'
