-- Microseconds since 2000: now, by the server's clock.
SELECT (extract(epoch FROM clock_timestamp() - '2000-01-01 00:00:00+00'::timestamptz) * 1000000)::bigint AS now
