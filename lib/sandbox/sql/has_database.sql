-- lib/sandbox/sql/has_database.sql: one row when the database $1 exists.
SELECT oid FROM pg_catalog.pg_database WHERE datname = $1
