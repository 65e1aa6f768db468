-- Clients only: the transactions of walsenders and background processes are no work that somebody left.
SELECT coalesce(max(extract(epoch FROM clock_timestamp() - a.xact_start)), 0)::float8
           AS transaction_seconds,
       coalesce(max(extract(epoch FROM clock_timestamp() - a.state_change))
                    FILTER (WHERE a.state IN ('idle in transaction', 'idle in transaction (aborted)')),
                0)::float8 AS idle_in_transaction_seconds
  FROM pg_stat_get_activity(NULL) AS a
 WHERE a.backend_type = 'client backend' AND a.pid <> pg_backend_pid();
