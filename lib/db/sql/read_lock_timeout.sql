-- The session's limit for the wait for a lock, in ms; 0: none.
SELECT setting::bigint AS timeout_ms FROM pg_catalog.pg_settings WHERE name = 'lock_timeout';
