-- What the session's role may do: in the database, in the schema of migrations ($1) and in schema
-- pcx. NULL where the schema does not exist.
SELECT current_user::text                                                    AS role_name,
       current_database()::text                                              AS database_name,
       has_database_privilege(current_database(), 'CREATE')                  AS may_create_schemas,
       (SELECT has_schema_privilege(oid, 'CREATE')
          FROM pg_catalog.pg_namespace WHERE nspname = $1)                   AS may_create_tables,
       (SELECT pg_has_role(nspowner, 'MEMBER')
          FROM pg_catalog.pg_namespace WHERE nspname = 'pcx')                AS is_owner_of_pcx,
       (SELECT has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'INSERT')
          FROM pg_catalog.pg_namespace AS n
          JOIN pg_catalog.pg_class AS c ON c.relnamespace = n.oid
         WHERE n.nspname = 'pcx' AND c.relname = 'journal')                  AS may_write_journal,
       (SELECT pg_get_userbyid(nspowner)::text
          FROM pg_catalog.pg_namespace WHERE nspname = 'pcx')                AS owner_of_pcx
