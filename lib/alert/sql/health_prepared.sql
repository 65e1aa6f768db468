SELECT count(*)::float8 AS prepared_transactions,
       coalesce(max(extract(epoch FROM clock_timestamp() - p.prepared)), 0)::float8
           AS prepared_transaction_seconds
  FROM pg_prepared_xacts AS p;
