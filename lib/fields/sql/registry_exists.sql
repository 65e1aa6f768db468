SELECT pg_catalog.to_regclass('pcx.field') IS NOT NULL AS found;
