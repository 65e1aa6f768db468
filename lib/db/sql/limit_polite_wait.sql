-- $1 milliseconds. Who may say so has an autovacuum that is in the way give way at once: the server
-- cancels it when somebody has waited for it for so long.
SELECT pg_catalog.set_config('lock_timeout', $1::bigint::text, true),
       CASE WHEN pg_catalog.current_setting('is_superuser') = 'on'
            THEN pg_catalog.set_config('deadlock_timeout', '5ms', true) END;
