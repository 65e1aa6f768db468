-- A member of the owner may become the owner, whether it inherits its rights or not.
SELECT coalesce((SELECT pg_has_role(s.nspowner, 'MEMBER')
                   FROM pg_catalog.pg_namespace AS s
                  WHERE s.nspname = 'pcx'),
                has_database_privilege(current_database(), 'CREATE')) AS may_create;
