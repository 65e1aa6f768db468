-- Whether there are the tables that retention and holds are about. Any role may ask.
SELECT EXISTS (SELECT FROM pg_catalog.pg_class AS c
                 JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
                WHERE n.nspname = 'pcx' AND c.relname = 'legal_hold') AS is_there;
