-- For this transaction: it waits for no lock for long, and when pcx is stopped in the middle of it
-- (SIGSTOP, a lost network) the server gives its rows back.
SELECT set_config('lock_timeout', '200ms', true),
       set_config('idle_in_transaction_session_timeout', '5s', true);
