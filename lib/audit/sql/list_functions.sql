-- The trail's functions, as they are in the database now.
SELECT p.proname::text AS name, p.prosrc AS body
  FROM pg_catalog.pg_proc AS p
 WHERE p.pronamespace = pg_catalog.to_regnamespace('pcx') AND p.proname ^@ 'audit_'
 ORDER BY p.proname, p.oid
