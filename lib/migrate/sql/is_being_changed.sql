-- $1 oid of a relation. Whether another session builds, drops or vacuums there, or is about to.
SELECT EXISTS (SELECT FROM pg_catalog.pg_locks
                WHERE relation = $1::bigint::oid AND pid <> pg_catalog.pg_backend_pid()
                  AND database = (SELECT oid FROM pg_catalog.pg_database
                                   WHERE datname = pg_catalog.current_database())
                  AND mode NOT IN ('AccessShareLock', 'RowShareLock', 'RowExclusiveLock')) AS found;
