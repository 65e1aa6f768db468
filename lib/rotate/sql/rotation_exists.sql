SELECT pg_catalog.to_regclass('pcx.rotation') IS NOT NULL AS found;
