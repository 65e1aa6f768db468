-- Which of the trail's two sources are there.
SELECT pg_catalog.to_regclass('public.audit_logs') IS NOT NULL AS app,
       pg_catalog.to_regclass('pcx.change') IS NOT NULL AS trigger;
