-- $1 name of a temporary table of this session that has one index.
SELECT pg_catalog.jsonb_build_array(
         i.indisunique, i.indnullsnotdistinct, a.amname, i.indnkeyatts, i.indclass::text,
         i.indoption::text, i.indcollation::text, c.reloptions,
         ARRAY (SELECT pg_catalog.pg_get_indexdef(i.indexrelid, n, false)
                  FROM pg_catalog.generate_series(1, i.indnatts::int) AS n ORDER BY n),
         pg_catalog.pg_get_expr(i.indpred, i.indrelid))::text AS shape
  FROM pg_catalog.pg_index AS i
  JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_am AS a ON a.oid = c.relam
 WHERE i.indrelid = (SELECT t.oid FROM pg_catalog.pg_class AS t
                      WHERE t.relname = $1 AND t.relnamespace = pg_catalog.pg_my_temp_schema());
