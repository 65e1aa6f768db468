-- How much of its numbers a sequence has given out, as far as the column that it belongs to can hold them.
-- Those that begin again at their end cannot run out. A value that may not be read is `unreadable`.
WITH given AS (
    SELECT s.seqrelid::regclass::text AS name, s.seqincrement > 0 AS is_rising,
           s.seqmin::numeric AS lowest, s.seqmax::numeric AS highest, r.is_readable,
           CASE WHEN r.is_readable THEN pg_sequence_last_value(s.seqrelid) END::numeric AS last,
           least(s.seqmax,
                 (SELECT CASE (SELECT a.atttypid FROM pg_attribute AS a
                                WHERE a.attrelid = d.refobjid AND a.attnum = d.refobjsubid)
                              WHEN 'int2'::regtype THEN 32767
                              WHEN 'int4'::regtype THEN 2147483647 END
                    FROM pg_depend AS d
                   WHERE d.classid = 'pg_class'::regclass AND d.objid = s.seqrelid
                     AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
                     AND d.deptype IN ('a', 'i')
                   LIMIT 1))::numeric AS end_of_rise
      FROM pg_sequence AS s
     CROSS JOIN LATERAL (SELECT o.relnamespace FROM pg_class AS o
                          WHERE o.oid = s.seqrelid AND o.relpersistence <> 't' OFFSET 0) AS c
     CROSS JOIN LATERAL (SELECT has_sequence_privilege(s.seqrelid, 'USAGE, SELECT')
                                    AND has_schema_privilege(c.relnamespace, 'USAGE')) AS r (is_readable)
     WHERE NOT s.seqcycle
     ORDER BY s.seqrelid
     LIMIT 1000
)
SELECT g.name AS sequence, CASE WHEN NOT g.is_readable THEN g.name END AS unreadable,
       coalesce(CASE WHEN g.is_rising
                     THEN (g.last - g.lowest + 1) / nullif(g.end_of_rise - g.lowest + 1, 0)
                     ELSE (g.highest - g.last + 1) / nullif(g.highest - g.lowest + 1, 0) END,
                0)::float8 AS sequence_used_ratio
  FROM given AS g
 ORDER BY g.name;
