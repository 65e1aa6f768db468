-- $1 an instant: whether a transaction from before it is still open, in this database.
SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_stat_activity
                WHERE datname = pg_catalog.current_database()
                  AND pid <> pg_catalog.pg_backend_pid()
                  AND xact_start < $1::timestamptz) AS found;
