-- For the session. A worker is idle, and holds its table, for as long as its limits make it wait; it
-- lets the table go by itself. Of PostgreSQL 17 is transaction_timeout.
SELECT count(pg_catalog.set_config(name, '0', false)) AS settings
  FROM pg_catalog.pg_settings
 WHERE name IN ('idle_in_transaction_session_timeout', 'idle_session_timeout',
                'transaction_timeout');
