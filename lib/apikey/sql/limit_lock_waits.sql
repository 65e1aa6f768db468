-- What is written beside the answer to a request is not worth waiting for.
SELECT pg_catalog.set_config('lock_timeout', '1s', true);
