-- Whether the tables of the keyring are there.
SELECT pg_catalog.to_regclass('pcx.keyring') IS NOT NULL AS found;
