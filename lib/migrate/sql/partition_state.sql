-- $1 oid of a partitioned table, $2 of its partition: attached, pending (DETACH CONCURRENTLY began
-- and did not end) or detached.
SELECT coalesce((SELECT CASE WHEN inhdetachpending THEN 'pending' ELSE 'attached' END
                   FROM pg_catalog.pg_inherits
                  WHERE inhparent = $1::bigint::oid AND inhrelid = $2::bigint::oid),
                'detached') AS state;
