SELECT pg_catalog.to_regclass('public.api_keys') IS NOT NULL AS exists;
