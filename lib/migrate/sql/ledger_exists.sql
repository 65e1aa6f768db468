-- Whether a schema has Prisma's ledger. $1 schema.
SELECT EXISTS (
         SELECT FROM pg_catalog.pg_class c
           JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
          WHERE n.nspname = $1 AND c.relname = '_prisma_migrations' AND c.relkind IN ('r', 'p')
       ) AS found;
