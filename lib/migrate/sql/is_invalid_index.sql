-- $1 an oid.
SELECT EXISTS (SELECT FROM pg_catalog.pg_index
                WHERE indexrelid = $1::bigint::oid AND NOT indisvalid) AS found;
