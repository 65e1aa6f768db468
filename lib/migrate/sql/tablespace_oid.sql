-- $1 a name. 0: there is none.
SELECT coalesce((SELECT oid::bigint FROM pg_catalog.pg_tablespace WHERE spcname = $1), 0) AS oid;
