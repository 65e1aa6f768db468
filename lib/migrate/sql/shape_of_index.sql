-- $1 oid of an index, $2 whether its tablespace belongs to its shape. `name` is its name.
SELECT pg_catalog.jsonb_build_array(
         i.indisunique, i.indnullsnotdistinct, a.amname, i.indnkeyatts, i.indclass::text,
         i.indoption::text, i.indcollation::text, c.reloptions,
         CASE WHEN $2::boolean THEN c.reltablespace::bigint END,
         (SELECT pg_catalog.jsonb_agg(t.attoptions ORDER BY t.attnum)
            FROM pg_catalog.pg_attribute AS t WHERE t.attrelid = c.oid AND t.attnum > 0),
         ARRAY (SELECT pg_catalog.pg_get_indexdef(i.indexrelid, n, false)
                  FROM pg_catalog.generate_series(1, i.indnatts::int) AS n ORDER BY n),
         pg_catalog.pg_get_expr(i.indpred, i.indrelid))::text AS shape, c.relname AS name
  FROM pg_catalog.pg_index AS i
  JOIN pg_catalog.pg_class AS c ON c.oid = i.indexrelid
  JOIN pg_catalog.pg_am AS a ON a.oid = c.relam
 WHERE i.indexrelid = $1::bigint::oid;
