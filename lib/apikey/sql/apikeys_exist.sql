SELECT pg_catalog.to_regclass('pcx.apikey') IS NOT NULL AS ours,
       pg_catalog.to_regclass('public.api_keys') IS NOT NULL AS theirs;
