-- So that the other sessions of an export see the same as this one.
SELECT pg_catalog.pg_export_snapshot() AS snapshot
