-- $1 milliseconds: a limit for each lock that is waited for, unless there is a shorter one; for the
-- transaction ($2), or for the session.
SELECT pg_catalog.set_config('lock_timeout', $1::bigint::text, $2::boolean)
  FROM pg_catalog.pg_settings
 WHERE name = 'lock_timeout' AND setting::bigint NOT BETWEEN 1 AND $1::bigint;
