-- $1 an oid. `kind` as in pg_class: r, m, i, ...
SELECT n.nspname AS schema, c.relname AS name, c.relkind::text AS kind
  FROM pg_catalog.pg_class AS c
  JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
 WHERE c.oid = $1::bigint::oid;
