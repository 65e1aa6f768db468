-- How much of its numbers a sequence has given out, as far as the column that it belongs to can hold them.
-- Those that begin again at their end cannot run out. A value that may not be read is `unreadable`.
WITH sequence AS (
    SELECT format('%I.%I', n.nspname, c.relname) AS name, s.seqrelid, s.seqincrement > 0 AS is_rising,
           s.seqmin::numeric AS lowest, s.seqmax::numeric AS highest,
           has_sequence_privilege(s.seqrelid, 'USAGE, SELECT')
               AND has_schema_privilege(n.oid, 'USAGE') AS is_readable,
           CASE a.atttypid WHEN 'int2'::regtype THEN 32767 WHEN 'int4'::regtype THEN 2147483647
                           ELSE 9223372036854775807 END::numeric AS column_highest
      FROM pg_sequence AS s
      JOIN pg_class AS c ON c.oid = s.seqrelid AND c.relpersistence <> 't'
      JOIN pg_namespace AS n ON n.oid = c.relnamespace
      LEFT JOIN pg_depend AS d ON d.classid = 'pg_class'::regclass AND d.objid = s.seqrelid
                              AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
                              AND d.deptype IN ('a', 'i')
      LEFT JOIN pg_attribute AS a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
     WHERE NOT s.seqcycle
     ORDER BY n.nspname, c.relname
     LIMIT 1000
), given AS (
    SELECT q.*, least(q.highest, q.column_highest) AS end_of_rise,
           CASE WHEN q.is_readable THEN pg_sequence_last_value(q.seqrelid) END::numeric AS last
      FROM sequence AS q
)
SELECT g.name AS sequence, CASE WHEN NOT g.is_readable THEN g.name END AS unreadable,
       coalesce(CASE WHEN g.is_rising
                     THEN (g.last - g.lowest + 1) / nullif(g.end_of_rise - g.lowest + 1, 0)
                     ELSE (g.highest - g.last + 1) / nullif(g.highest - g.lowest + 1, 0) END,
                0)::float8 AS sequence_used_ratio
  FROM given AS g
 ORDER BY g.name;
