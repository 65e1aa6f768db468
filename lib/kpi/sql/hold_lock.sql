-- $1 the key of kpi/store.h, for the rest of the transaction. The session holds it already, then this
-- does not wait; who does not waits for who does.
SELECT set_config('lock_timeout', '10s', true), pg_advisory_xact_lock($1::bigint);
