SELECT pg_catalog.to_regclass('public.audit_logs') IS NOT NULL AS is_there
