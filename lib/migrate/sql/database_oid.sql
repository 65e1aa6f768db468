-- $1 a name. 0: there is none.
SELECT coalesce((SELECT oid::bigint FROM pg_catalog.pg_database WHERE datname = $1), 0) AS oid;
