-- Counting with several processes would take every processor for its time.
SELECT pg_catalog.set_config('max_parallel_workers_per_gather', '0', false);
