SELECT pg_catalog.to_regclass('pcx.quarantine') IS NOT NULL AS found;
