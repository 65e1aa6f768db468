-- For the rest of the transaction: what is committed is on disk, whatever the role's settings say,
-- and nobody waits for the keyring without a limit.
SELECT set_config('synchronous_commit', 'on', true), set_config('lock_timeout', '10s', true);
