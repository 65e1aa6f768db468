-- $1 oid of a table: whether this role may lock it against builders, and name an index beside it.
SELECT pg_catalog.has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE') AS may_lock,
       pg_catalog.has_schema_privilege(c.relnamespace, 'CREATE') AS may_rename
  FROM pg_catalog.pg_class AS c
 WHERE c.oid = $1::bigint::oid;
