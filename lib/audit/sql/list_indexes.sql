-- Indexes of audit_logs that any row is in: the first two columns, or what stands in their place; and how many
-- rows the table has, as the server guesses.
SELECT c.relname AS name,
       coalesce(first.attname, pg_get_indexdef(i.indexrelid, 1, true)) AS leading,
       coalesce(second.attname, '') AS following, greatest(t.reltuples, 0)::bigint AS rows
  FROM pg_index AS i
  JOIN pg_class AS c ON c.oid = i.indexrelid
  JOIN pg_class AS t ON t.oid = i.indrelid
  JOIN pg_am AS m ON m.oid = c.relam AND m.amname = 'btree'
  LEFT JOIN pg_attribute AS first ON first.attrelid = i.indrelid AND first.attnum = i.indkey[0]
                                 AND i.indkey[0] > 0
  LEFT JOIN pg_attribute AS second ON second.attrelid = i.indrelid AND second.attnum = i.indkey[1]
                                  AND i.indnkeyatts > 1 AND i.indkey[1] > 0
 WHERE i.indrelid = to_regclass('public.audit_logs') AND i.indisvalid AND i.indpred IS NULL
 ORDER BY c.relname;
