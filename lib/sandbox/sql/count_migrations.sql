-- lib/sandbox/sql/count_migrations.sql: migrations that Prisma's ledger calls applied.
SELECT pg_catalog.count(*) AS migrations
  FROM public._prisma_migrations
 WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL
