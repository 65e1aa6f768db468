-- Guards of the trail's own tables that are not there, are others, or do not fire always.
WITH trail AS (
    SELECT c.oid, c.relname::text AS name
      FROM pg_class AS c
     WHERE c.relnamespace = 'pcx'::regnamespace
       AND (c.relname IN ('change', 'ledger', 'audit_meta', 'checkpoint', 'tile', 'audit_epoch',
                          'audit_lost', 'legal_hold')
            OR c.oid IN (SELECT i.inhrelid FROM pg_inherits AS i
                          WHERE i.inhparent IN ('pcx.change'::regclass, 'pcx.ledger'::regclass)))
), wanted (oid, relation, guard, function) AS (
    SELECT t.oid, t.name, g.name, 'audit_guard'
      FROM trail AS t
     CROSS JOIN (VALUES ('pcx_audit_guard'), ('pcx_audit_guard_all')) AS g (name)
     UNION ALL
    SELECT t.oid, t.name, 'pcx_audit_guard_row', 'audit_guard'
      FROM trail AS t
     WHERE t.name IN ('tile', 'legal_hold')
     UNION ALL
    VALUES ('pcx.audit_table'::regclass::oid, 'audit_table', 'pcx_audit_guard_all', 'audit_guard'),
           ('pcx.audit_pass'::regclass::oid, 'audit_pass', 'pcx_audit_pass_ends', 'audit_pass_ends')
)
SELECT w.guard || ' on pcx.' || w.relation AS guard,
       CASE WHEN t.oid IS NULL THEN 'missing' WHEN p.oid IS NULL THEN 'changed' ELSE 'disabled' END AS state
  FROM wanted AS w
  LEFT JOIN pg_trigger AS t ON t.tgrelid = w.oid AND t.tgname = w.guard
  LEFT JOIN pg_proc AS p ON p.oid = t.tgfoid AND p.proname = w.function
                        AND p.pronamespace = 'pcx'::regnamespace
 WHERE t.oid IS NULL OR p.oid IS NULL OR t.tgenabled <> 'A'
 ORDER BY w.relation, w.guard
