-- Whether schema pcx has the trail's tables.
SELECT to_regclass('pcx.audit_meta') IS NOT NULL AND to_regclass('pcx.ledger') IS NOT NULL AS found
