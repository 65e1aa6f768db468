-- Everything that makes the trail, as the catalog has it now. `version` is the row's xmin: it changes
-- with the row, also when all else is as before. Nothing but columns: functions of the server that
-- write definitions would not keep to the snapshot.
SELECT 'trigger' AS kind, t.oid::bigint AS oid, t.xmin::text AS version, t.tgname::text AS name,
       n.nspname || '.' || c.relname AS relation, t.tgenabled::text AS state,
       encode(sha256(convert_to(concat_ws(' ', t.tgtype, t.tgfoid::bigint, encode(t.tgargs, 'hex'),
                                          t.tgattr, t.tgqual), 'UTF8')), 'hex') AS digest
  FROM pg_trigger AS t
  JOIN pg_class AS c ON c.oid = t.tgrelid
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
 WHERE t.tgname ^@ 'pcx_audit'
 UNION ALL
SELECT 'function', p.oid::bigint, p.xmin::text,
       'pcx.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', 'pcx', '',
       encode(sha256(convert_to(concat_ws(' ', p.prosrc, p.prolang::bigint, p.prosecdef, p.proconfig,
                                          p.proargtypes, p.prorettype::bigint), 'UTF8')), 'hex')
  FROM pg_proc AS p
 WHERE p.pronamespace = 'pcx'::regnamespace AND p.proname ^@ 'audit_'
 UNION ALL
SELECT 'event trigger', e.oid::bigint, e.xmin::text, e.evtname::text, '', e.evtenabled::text,
       encode(sha256(convert_to(concat_ws(' ', e.evtevent, e.evtfoid::bigint, e.evttags), 'UTF8')), 'hex')
  FROM pg_event_trigger AS e
  JOIN pg_proc AS p ON p.oid = e.evtfoid
 WHERE p.pronamespace = 'pcx'::regnamespace
 UNION ALL
SELECT 'partition', c.oid::bigint, i.xmin::text, 'pcx.' || c.relname, 'pcx.' || r.relname, '',
       c.relfilenode::text
  FROM pg_inherits AS i
  JOIN pg_class AS c ON c.oid = i.inhrelid
  JOIN pg_class AS r ON r.oid = i.inhparent
 WHERE i.inhparent IN ('pcx.change'::regclass, 'pcx.ledger'::regclass) AND c.relkind = 'r'
 ORDER BY 1, 2
