-- So that other sessions see the same as this transaction.
SELECT pg_catalog.pg_export_snapshot() AS snapshot;
