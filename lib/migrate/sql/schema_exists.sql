-- CREATE SCHEMA IF NOT EXISTS wants the right to create one even where it exists. $1 schema.
SELECT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = $1) AS found;
