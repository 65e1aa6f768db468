-- Indexes of audit_logs that any row is in: the first two columns that it is ordered by (not INCLUDE), or what
-- stands in their place, without quotes;
-- and how many rows are in them, as the server guesses.
SELECT trim('"' FROM pg_get_indexdef(i.indexrelid, 1, true))               AS leading,
       CASE WHEN i.indnkeyatts < 2 THEN ''
            ELSE trim('"' FROM pg_get_indexdef(i.indexrelid, 2, true)) END AS following,
       greatest(c.reltuples, 0)::bigint                                    AS rows
  FROM pg_index AS i
  JOIN pg_class AS c ON c.oid = i.indexrelid
 WHERE i.indrelid = to_regclass('public.audit_logs') AND i.indisvalid AND i.indpred IS NULL
   AND c.relam = (SELECT m.oid FROM pg_am AS m WHERE m.amname = 'btree');
