-- lib/sandbox/sql/seed_settings.sql: sorting for index builds in memory, by two more processes; for
-- this transaction only.
SELECT pg_catalog.set_config('maintenance_work_mem', '256MB', true),
       pg_catalog.set_config('max_parallel_maintenance_workers', '2', true)
