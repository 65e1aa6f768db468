-- $1 milliseconds, for the transaction.
SELECT pg_catalog.set_config('lock_timeout', $1::bigint::text, true);
