-- For who may not use schema pcx: the catalogs may be asked by anybody.
SELECT EXISTS (SELECT FROM pg_catalog.pg_class AS t
                 JOIN pg_catalog.pg_namespace AS s ON s.oid = t.relnamespace
                WHERE s.nspname = 'pcx' AND t.relname = 'kpi_daily') AS is_there;
