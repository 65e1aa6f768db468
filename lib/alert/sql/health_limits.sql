-- Of the transaction around all checks. Compiling one would take longer than running it; nobody waits long
-- behind an ALTER TABLE that holds what is looked at.
SELECT set_config('statement_timeout', '5s', true), set_config('lock_timeout', '1s', true),
       set_config('jit', 'off', true);
