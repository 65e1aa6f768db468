SELECT pg_catalog.set_config('synchronous_commit', 'off', false),
       pg_catalog.set_config('plan_cache_mode', 'force_generic_plan', false),
       pg_catalog.set_config('lock_timeout', '200ms', false);
