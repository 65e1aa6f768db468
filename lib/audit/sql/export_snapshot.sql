-- So that other sessions see the same as this one.
SELECT pg_catalog.pg_export_snapshot() AS snapshot
