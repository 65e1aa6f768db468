-- Indexes of audit_logs that any row is in: the first two columns; '' for what is none.
SELECT c.relname AS name, first.attname AS leading, coalesce(second.attname, '') AS following
  FROM pg_index AS i
  JOIN pg_class AS c ON c.oid = i.indexrelid
  JOIN pg_am AS m ON m.oid = c.relam AND m.amname = 'btree'
  JOIN pg_attribute AS first ON first.attrelid = i.indrelid AND first.attnum = i.indkey[0]
  LEFT JOIN pg_attribute AS second ON i.indnkeyatts > 1 AND second.attrelid = i.indrelid
                                  AND second.attnum = i.indkey[1]
 WHERE i.indrelid = to_regclass('public.audit_logs') AND i.indisvalid AND i.indpred IS NULL
 ORDER BY c.relname;
