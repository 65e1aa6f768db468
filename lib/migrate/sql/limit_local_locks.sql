-- $1 milliseconds: a limit for each lock that the transaction waits for, unless it has a shorter one.
SELECT pg_catalog.set_config('lock_timeout', $1::bigint::text, true)
  FROM pg_catalog.pg_settings
 WHERE name = 'lock_timeout' AND setting::bigint NOT BETWEEN 1 AND $1::bigint;
