DELETE FROM pcx.audit_pass AS p WHERE p.xid = pg_catalog.pg_current_xact_id();
