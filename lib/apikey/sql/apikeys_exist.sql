SELECT pg_catalog.to_regclass('pcx.apikey') IS NOT NULL AS exists;
