-- For a unique index $1 (oid) that could not be built: a query for rows that have the same key, told
-- by their primary key (their place where there is none), never by the values of the index. The
-- server writes it, from its own catalog.
WITH ix AS (
  SELECT i.*, n.nspname, c.relname
    FROM pg_catalog.pg_index AS i
    JOIN pg_catalog.pg_class AS c ON c.oid = i.indrelid
    JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace
   WHERE i.indexrelid = $1::bigint::oid AND i.indisunique),
keys AS (
  SELECT k, pg_catalog.pg_get_indexdef(ix.indexrelid, k, false) AS expression
    FROM ix, pg_catalog.generate_series(1, ix.indnkeyatts) AS k),
row_name AS (
  SELECT coalesce((SELECT pg_catalog.string_agg(pg_catalog.format('%I::text', a.attname), ' || '' '' || ')
                     FROM pg_catalog.pg_index AS p
                     JOIN pg_catalog.pg_attribute AS a
                       ON a.attrelid = p.indrelid AND a.attnum = ANY (p.indkey)
                    WHERE p.indrelid = ix.indrelid AND p.indisprimary AND p.indisvalid),
                  'ctid::text') AS expression
    FROM ix)
SELECT pg_catalog.format(
         'SELECT (pg_catalog.array_agg(pcx_row ORDER BY pcx_row))[1:2] AS rows FROM (SELECT %s AS pcx_row, %s '
         'FROM %I.%I%s) AS pcx_keys WHERE %s GROUP BY %s HAVING count(*) > 1 LIMIT 6',
         (SELECT expression FROM row_name),
         (SELECT pg_catalog.string_agg(pg_catalog.format('(%s) AS pcx_key%s', expression, k), ', ' ORDER BY k)
            FROM keys),
         ix.nspname, ix.relname,
         coalesce(' WHERE ' || pg_catalog.pg_get_expr(ix.indpred, ix.indrelid), ''),
         CASE WHEN coalesce((pg_catalog.to_jsonb(ix) ->> 'indnullsnotdistinct')::boolean, false) THEN 'true'
              ELSE (SELECT pg_catalog.string_agg(pg_catalog.format('pcx_key%s IS NOT NULL', k), ' AND ') FROM keys) END,
         (SELECT pg_catalog.string_agg(pg_catalog.format('pcx_key%s', k), ', ') FROM keys)) AS sql
  FROM ix;
