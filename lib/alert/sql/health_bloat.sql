-- An estimate, as check_postgres and github.com/ioguix/pgsql-bloat-estimation make it: pages that the table
-- has, less those that its rows would need, by the widths that ANALYZE found. TOAST does not count. A table
-- that was never analyzed has no sample; one whose statistics may not be read is `unreadable`.
WITH statistics AS (
    SELECT s.schemaname, s.tablename, sum((1 - s.null_frac) * s.avg_width) AS data_bytes,
           bool_or(s.null_frac > 0) AS has_nulls, count(*) AS columns
      FROM pg_stats AS s
     WHERE NOT s.inherited
     GROUP BY s.schemaname, s.tablename
), tables AS (
    SELECT format('%I.%I', n.nspname, c.relname) AS name, c.relpages::float8 AS pages,
           c.reltuples::float8 AS row_count, current_setting('block_size')::float8 AS page_bytes,
           coalesce((SELECT o.option_value::float8 FROM pg_options_to_table(c.reloptions) AS o
                      WHERE o.option_name = 'fillfactor'), 100) / 100 AS fill,
           s.data_bytes + 23 + CASE WHEN s.has_nulls THEN ceil(s.columns / 8.0) ELSE 0 END AS row_bytes,
           NOT has_table_privilege(c.oid, 'SELECT') OR row_security_active(c.oid) AS is_hidden
      FROM pg_class AS c
      JOIN pg_namespace AS n ON n.oid = c.relnamespace
      LEFT JOIN statistics AS s ON s.schemaname = n.nspname AND s.tablename = c.relname
     WHERE c.relkind IN ('r', 'm') AND c.relpersistence <> 't'
       AND n.nspname NOT IN ('pg_catalog', 'information_schema')
     ORDER BY c.relpages DESC, n.nspname, c.relname
     LIMIT 1000
), needed AS (
    SELECT t.*, CASE WHEN t.row_count = 0 THEN 0
                     WHEN t.row_count < 0 OR t.row_bytes IS NULL THEN NULL  -- not known yet
                     ELSE ceil(t.row_count  -- a line pointer, and rows at multiples of 8 bytes
                               / greatest(floor((t.page_bytes - 24) * t.fill
                                                / (4 + ceil(t.row_bytes / 8) * 8)), 1)) END AS pages_needed
      FROM tables AS t
), spare AS (
    SELECT n.*, CASE WHEN n.pages_needed IS NOT NULL
                     THEN greatest(n.pages - n.pages_needed, 0) END AS spare_pages
      FROM needed AS n
)
SELECT d.name AS "table", CASE WHEN d.is_hidden THEN d.name END AS unreadable,
       (d.spare_pages * d.page_bytes)::float8 AS table_bloat_bytes,
       (d.spare_pages / greatest(d.pages, 1))::float8 AS table_bloat_ratio
  FROM spare AS d
 ORDER BY d.name;
