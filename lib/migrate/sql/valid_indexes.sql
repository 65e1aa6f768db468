-- How many of $1 (oids) are valid indexes, and whether $2 is one at all.
SELECT (SELECT count(*) FROM pg_catalog.pg_index
         WHERE indexrelid::bigint = ANY ($1::text[]::bigint[]) AND indisvalid) AS valid,
       EXISTS (SELECT FROM pg_catalog.pg_index WHERE indexrelid = $2::bigint::oid) AS found;
