-- pcx's event triggers, and whether the session's role may make and drop them.
SELECT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS may_make,
       ARRAY(SELECT evtname::text FROM pg_event_trigger
              WHERE evtname IN ('pcx_audit_ddl', 'pcx_audit_drop') AND evtenabled = 'A'
                AND evtfoid = ('pcx.' || substr(evtname, 5))::regproc
              ORDER BY evtname)                                     AS always,
       ARRAY(SELECT evtname::text FROM pg_event_trigger
              WHERE evtname IN ('pcx_audit_ddl', 'pcx_audit_drop')
              ORDER BY evtname)                                     AS present
