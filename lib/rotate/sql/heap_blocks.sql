-- $1 oid.
SELECT coalesce(pg_catalog.pg_relation_size($1::bigint::oid), 0)
         / pg_catalog.current_setting('block_size')::bigint AS blocks;
