-- Everything that makes the trail, as the catalog has it now. `version` is the row's xmin: it changes
-- with the row, also when all else is as before. Nothing but columns: functions of the server that
-- write definitions would not keep to the snapshot.
WITH trail AS MATERIALIZED (
    SELECT c.oid, c.xmin::text AS version, n.nspname || '.' || c.relname AS relation,
           n.nspname = 'pcx' AS is_pcx, c.relrowsecurity OR c.relforcerowsecurity AS hides
      FROM pg_class AS c
      JOIN pg_namespace AS n ON n.oid = c.relnamespace
     WHERE c.oid IN ('pcx.change'::regclass, 'pcx.ledger'::regclass, 'pcx.audit_meta'::regclass,
                     'pcx.checkpoint'::regclass, 'pcx.tile'::regclass,
                     to_regclass('public.audit_logs'))
        OR c.oid IN (SELECT i.inhrelid FROM pg_inherits AS i
                      WHERE i.inhparent IN ('pcx.change'::regclass, 'pcx.ledger'::regclass))
)
SELECT 'trigger' AS kind, t.oid::bigint AS oid, t.xmin::text AS version, t.tgname::text AS name,
       n.nspname || '.' || c.relname AS relation, t.tgenabled::text AS state,
       encode(sha256(convert_to(concat_ws(' ', t.tgtype, t.tgfoid::bigint, encode(t.tgargs, 'hex'),
                                          t.tgattr, t.tgqual), 'UTF8')), 'hex') AS digest,
       '' AS acl
  FROM pg_trigger AS t
  JOIN pg_class AS c ON c.oid = t.tgrelid
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
 WHERE t.tgname ^@ 'pcx_audit'
 UNION ALL
-- CREATE OR REPLACE writes what a function depends on anew, and GRANT does not.
SELECT 'function', p.oid::bigint, p.xmin::text,
       'pcx.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')', 'pcx',
       coalesce((SELECT string_agg(DISTINCT d.xmin::text, ' ') FROM pg_depend AS d
                  WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid), ''),
       encode(sha256(convert_to(concat_ws(' ', p.prosrc, p.prolang::bigint, p.prosecdef, p.proconfig,
                                          p.proargtypes, p.prorettype::bigint), 'UTF8')), 'hex'),
       coalesce(p.proacl::text, '')
  FROM pg_proc AS p
 WHERE p.pronamespace = 'pcx'::regnamespace AND p.proname ^@ 'audit_'
 UNION ALL
SELECT 'event trigger', e.oid::bigint, e.xmin::text, e.evtname::text, '', e.evtenabled::text,
       encode(sha256(convert_to(concat_ws(' ', e.evtevent, e.evtfoid::bigint, e.evttags), 'UTF8')), 'hex'),
       ''
  FROM pg_event_trigger AS e
  JOIN pg_proc AS p ON p.oid = e.evtfoid
 WHERE p.pronamespace = 'pcx'::regnamespace
 UNION ALL
SELECT 'partition', c.oid::bigint, i.xmin::text, 'pcx.' || c.relname, 'pcx.' || r.relname, '',
       c.relfilenode::text, ''
  FROM pg_inherits AS i
  JOIN pg_class AS c ON c.oid = i.inhrelid
  JOIN pg_class AS r ON r.oid = i.inhparent
 WHERE i.inhparent IN ('pcx.change'::regclass, 'pcx.ledger'::regclass) AND c.relkind = 'r'
 UNION ALL
-- What stands before the trail, or hides it. A trigger before rows of the application's trail may
-- have its reasons.
SELECT 'foreign trigger', t.oid::bigint, t.xmin::text, t.tgname::text, r.relation,
       CASE WHEN r.is_pcx THEN 'critical' ELSE 'warning' END,
       encode(sha256(convert_to(concat_ws(' ', t.tgtype, t.tgfoid::bigint, t.tgenabled), 'UTF8')), 'hex'), ''
  FROM pg_trigger AS t
  JOIN trail AS r ON r.oid = t.tgrelid
  JOIN pg_proc AS p ON p.oid = t.tgfoid
 WHERE NOT t.tgisinternal
   AND NOT (t.tgname ^@ 'pcx_audit' AND p.pronamespace = 'pcx'::regnamespace AND p.proname ^@ 'audit_')
   AND (r.is_pcx OR (t.tgtype & 4 <> 0 AND t.tgtype & 66 <> 0))
 UNION ALL
SELECT 'rule', w.oid::bigint, w.xmin::text, w.rulename::text, r.relation, 'critical', '', ''
  FROM pg_rewrite AS w JOIN trail AS r ON r.oid = w.ev_class
 UNION ALL
SELECT 'policy', p.oid::bigint, p.xmin::text, p.polname::text, r.relation, 'critical', '', ''
  FROM pg_policy AS p JOIN trail AS r ON r.oid = p.polrelid
 UNION ALL
SELECT 'row security', r.oid::bigint, r.version, 'flag', r.relation, 'critical', '', ''
  FROM trail AS r WHERE r.hides
 UNION ALL
SELECT 'check', c.oid::bigint, c.xmin::text, c.conname::text, r.relation, 'critical', '', ''
  FROM pg_constraint AS c JOIN trail AS r ON r.oid = c.conrelid
 WHERE c.contype = 'c' AND r.is_pcx
   AND c.conname NOT IN ('audit_meta_kind_check', 'checkpoint_size_check', 'tile_level_check',
                         'tile_number_check', 'tile_hashes_check')
 ORDER BY 1, 2
