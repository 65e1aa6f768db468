-- What sequences have given out, and can; `column_highest` is what the column that one belongs to holds, NULL where
-- that is not less. Those that begin again at their end cannot run out, and nobody can look at another session's
-- temporary ones (this session's, behind a pool, may be somebody's: they count). A value that may not be read is
-- `unreadable`. Operators, casts and joins are what a new session plans for long: columns are asked for, and the
-- ratio is calculated elsewhere.
SELECT s.seqrelid::regclass::text AS sequence,
       CASE WHEN NOT r.is_readable THEN s.seqrelid::regclass::text END AS unreadable,
       s.seqincrement AS step, s.seqmin AS lowest, s.seqmax AS highest,
       CASE WHEN r.is_readable THEN pg_sequence_last_value(s.seqrelid) END AS last,
       (SELECT CASE (SELECT a.atttypid FROM pg_attribute AS a
                      WHERE a.attrelid = d.refobjid AND a.attnum = d.refobjsubid)
                    WHEN 'int2'::regtype THEN 32767
                    WHEN 'int4'::regtype THEN 2147483647 END
          FROM pg_depend AS d
         WHERE d.classid = 'pg_class'::regclass AND d.objid = s.seqrelid
           AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0
           AND d.deptype IN ('a', 'i')
         LIMIT 1) AS column_highest
  FROM pg_sequence AS s
 CROSS JOIN LATERAL (SELECT has_sequence_privilege(s.seqrelid, 'USAGE, SELECT')) AS r (is_readable)
 WHERE NOT s.seqcycle AND NOT starts_with(s.seqrelid::regclass::text, 'pg_temp_')
 ORDER BY s.seqrelid;
