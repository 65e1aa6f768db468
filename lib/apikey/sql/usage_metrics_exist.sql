SELECT pg_catalog.to_regclass('public.api_usage_metrics') IS NOT NULL AS there;
