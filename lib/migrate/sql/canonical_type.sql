-- $1 a type name as written, $2 the schema of the migrations.
SELECT pg_catalog.format_type(t.oid, NULL) AS name, t.typtype = 'd' AS is_domain
  FROM pg_catalog.pg_type t
 WHERE t.oid = coalesce(pg_catalog.to_regtype($1),
                        pg_catalog.to_regtype(pg_catalog.quote_ident($2) || '.' || $1))::oid;
