-- Guards of the trail's own tables that are not there, are others, or do not fire always. `type` is
-- pg_trigger.tgtype: 1 for each row, 2 before, 4 INSERT, 8 DELETE, 16 UPDATE, 32 TRUNCATE.
-- `differences`: how many columns a condition compares, any of which is enough; 0: it has none. The
-- condition's tree is read, since how the server writes it as text differs between releases.
WITH trail AS (
    SELECT c.oid, c.relname::text AS name
      FROM pg_class AS c
     WHERE c.relnamespace = 'pcx'::regnamespace
       AND (c.relname IN ('change', 'ledger', 'audit_meta', 'checkpoint', 'tile', 'audit_epoch',
                          'audit_lost', 'legal_hold')
            OR c.oid IN (SELECT i.inhrelid FROM pg_inherits AS i
                          WHERE i.inhparent IN ('pcx.change'::regclass, 'pcx.ledger'::regclass)))
), wanted (oid, relation, guard, function, type, differences) AS (
    SELECT t.oid, t.name, 'pcx_audit_guard', 'audit_guard',
           CASE WHEN t.name IN ('audit_lost', 'tile', 'legal_hold') THEN 11 ELSE 27 END, 0
      FROM trail AS t
     UNION ALL
    SELECT t.oid, t.name, 'pcx_audit_guard_all', 'audit_guard', 34, 0
      FROM trail AS t
     UNION ALL
    SELECT t.oid, t.name, 'pcx_audit_guard_row', 'audit_guard', 19,
           CASE t.name WHEN 'tile' THEN 4 ELSE 10 END
      FROM trail AS t
     WHERE t.name IN ('tile', 'legal_hold')
     UNION ALL
    VALUES ('pcx.audit_table'::regclass::oid, 'audit_table', 'pcx_audit_guard_all', 'audit_guard', 34, 0),
           ('pcx.audit_pass'::regclass::oid, 'audit_pass', 'pcx_audit_pass_ends', 'audit_pass_ends', 5, 0)
), found AS (
    SELECT t.tgrelid, t.tgname, t.tgfoid, t.tgtype, t.tgenabled, t.tgattr::text = '' AS is_of_all,
           t.tgqual IS NULL AS is_always, t.tgqual::text AS condition,
           (length(t.tgqual::text) - length(replace(t.tgqual::text, '{DISTINCTEXPR', '')))
           / length('{DISTINCTEXPR') AS differences
      FROM pg_trigger AS t
     WHERE t.tgname ^@ 'pcx_audit'
)
SELECT w.guard || ' on pcx.' || w.relation AS guard,
       CASE WHEN t.tgrelid IS NULL THEN 'missing'
            WHEN NOT f.is_right THEN 'changed'
            ELSE 'disabled' END AS state
  FROM wanted AS w
  LEFT JOIN found AS t ON t.tgrelid = w.oid AND t.tgname = w.guard
  LEFT JOIN pg_proc AS p ON p.oid = t.tgfoid AND p.proname = w.function
                        AND p.pronamespace = 'pcx'::regnamespace
 CROSS JOIN LATERAL (
        SELECT p.oid IS NOT NULL AND t.tgtype = w.type AND t.is_of_all
               AND CASE w.differences
                   WHEN 0 THEN t.is_always
                   ELSE NOT t.is_always AND t.differences = w.differences
                        AND t.condition ^@ '{BOOLEXPR :boolop or '
                        AND t.condition !~ ':boolop (and|not)' END AS is_right
       ) AS f
 WHERE t.tgrelid IS NULL OR NOT f.is_right OR t.tgenabled <> 'A'
 ORDER BY w.relation, w.guard
