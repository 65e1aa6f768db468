-- Indexes of audit_logs that any row is in: the first two columns, or what stands in their place.
SELECT c.relname AS name,
       coalesce(first.attname, pg_get_indexdef(i.indexrelid, 1, true)) AS leading,
       coalesce(second.attname, '') AS following
  FROM pg_index AS i
  JOIN pg_class AS c ON c.oid = i.indexrelid
  JOIN pg_am AS m ON m.oid = c.relam AND m.amname = 'btree'
  LEFT JOIN pg_attribute AS first ON first.attrelid = i.indrelid AND first.attnum = i.indkey[0]
                                 AND i.indkey[0] > 0
  LEFT JOIN pg_attribute AS second ON second.attrelid = i.indrelid AND second.attnum = i.indkey[1]
                                  AND i.indnkeyatts > 1 AND i.indkey[1] > 0
 WHERE i.indrelid = to_regclass('public.audit_logs') AND i.indisvalid AND i.indpred IS NULL
 ORDER BY c.relname;
