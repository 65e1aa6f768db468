-- Whether schema pcx has the trail's tables.
SELECT pg_catalog.to_regclass('pcx.audit_meta') IS NOT NULL
       AND pg_catalog.to_regclass('pcx.ledger') IS NOT NULL
       AND pg_catalog.to_regclass('pcx.change') IS NOT NULL AS is_there
