-- Every column that may hold a text, of every table, partition, materialised view and foreign table;
-- not of pcx and of the server, nor of the ledger of migrations. Partitioned tables hold no rows
-- themselves, views and unpopulated materialised views neither; temporary tables belong to sessions.
-- $1 whether changes that the audit trail has captured count, too.
WITH RECURSIVE base(oid, type) AS (
    SELECT oid, oid FROM pg_catalog.pg_type WHERE typtype <> 'd'
     UNION ALL
    SELECT d.oid, b.type
      FROM base b JOIN pg_catalog.pg_type d ON d.typbasetype = b.oid AND d.typtype = 'd'
)
SELECT c.oid::bigint AS relation, n.nspname::text AS schema_name, c.relname::text AS table_name,
       c.relkind::text AS kind, a.attname::text AS column_name,
       CASE WHEN bn.nspname <> 'pg_catalog' THEN 'other'
            WHEN bt.typname IN ('text', 'varchar', 'bpchar') THEN 'text'
            WHEN bt.typname IN ('json', 'jsonb', 'bytea') THEN bt.typname::text
            ELSE 'other' END AS holds,
       c.relkind <> 'f' AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
         AND pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT') AS may_read,
       pg_catalog.row_security_active(c.oid) AS row_security,
       coalesce(pg_catalog.pg_relation_size(c.oid), 0)
         / pg_catalog.current_setting('block_size')::bigint AS blocks,
       c.reltuples::bigint AS rows_estimated
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  JOIN base b ON b.oid = a.atttypid
  JOIN pg_catalog.pg_type bt ON bt.oid = b.type
  JOIN pg_catalog.pg_namespace bn ON bn.oid = bt.typnamespace
  LEFT JOIN base eb ON eb.oid = bt.typelem AND bt.typcategory = 'A'
  LEFT JOIN pg_catalog.pg_type et ON et.oid = eb.type
 WHERE c.relkind IN ('r', 'm', 'f') AND c.relpersistence <> 't' AND c.relispopulated
   AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
   AND (n.nspname <> 'pcx'
        OR $1::boolean AND c.relname ^@ 'change_' AND pg_catalog.pg_relation_size(c.oid) > 0)
   AND c.relname <> '_prisma_migrations'
   -- Neither numbers, times and the like, nor what is too short for an encrypted value.
   AND coalesce(et.typcategory, bt.typcategory)
         NOT IN ('B', 'D', 'E', 'G', 'I', 'N', 'P', 'R', 'T', 'V')
   AND (coalesce(et.typlen, bt.typlen) < 0 OR coalesce(et.typlen, bt.typlen) >= 32)
 ORDER BY n.nspname, c.relname, a.attnum;
