-- $1 schema.table: whether there is such a table, or was one that is, or was, audited.
SELECT EXISTS (SELECT FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
                WHERE n.nspname || '.' || c.relname = $1 AND c.relkind IN ('r', 'p'))
       OR EXISTS (SELECT FROM pcx.audit_table WHERE relation = $1)
       OR EXISTS (SELECT FROM pcx.audit_meta
                   WHERE kind IN ('install', 'uninstall') AND details ->> 'relation' = $1) AS knows
