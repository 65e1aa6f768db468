-- One relation as JSON, without a lock on it. $1 its oid.
SELECT pg_catalog.json_build_object(
         'oid', c.oid::bigint, 'schema', n.nspname, 'name', c.relname, 'kind', c.relkind::text,
         'partition', c.relispartition, 'rows', c.reltuples::bigint,
         'bytes', pg_catalog.current_setting('block_size')::bigint * (c.relpages
            + coalesce((SELECT sum(x.relpages)::bigint
                          FROM pg_catalog.pg_index i
                          JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
                         WHERE i.indrelid IN (c.oid, c.reltoastrelid)), 0)
            + coalesce((SELECT t.relpages FROM pg_catalog.pg_class t WHERE t.oid = c.reltoastrelid), 0)),
         'table', coalesce((SELECT i.indrelid::bigint
                              FROM pg_catalog.pg_index i WHERE i.indexrelid = c.oid), 0),
         'columns', coalesce((
            SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
                     'name', a.attname, 'type', pg_catalog.format_type(a.atttypid, NULL),
                     'modifier', a.atttypmod, 'not_null', a.attnotnull) ORDER BY a.attnum)
              FROM pg_catalog.pg_attribute a
             WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
               AND c.relkind IN ('r', 'p', 'm', 'f', 'v')), '[]'),
         'indexes', coalesce((
            SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
                     'oid', i.indexrelid::bigint, 'name', x.relname, 'columns', coalesce((
                        SELECT pg_catalog.json_agg(DISTINCT a.attname)
                          FROM pg_catalog.pg_depend d
                          JOIN pg_catalog.pg_attribute a
                            ON a.attrelid = c.oid AND a.attnum = d.refobjsubid
                         WHERE d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass
                           AND d.objid = i.indexrelid AND d.refobjid = c.oid
                           AND d.refobjsubid > 0),
                        (SELECT pg_catalog.json_agg(a.attname)
                           FROM pg_catalog.pg_attribute a
                          WHERE a.attrelid = c.oid AND a.attnum = ANY (i.indkey)), '[]'))
                   ORDER BY x.relname)
              FROM pg_catalog.pg_index i
              JOIN pg_catalog.pg_class x ON x.oid = i.indexrelid
             WHERE i.indrelid = c.oid), '[]'),
         'constraints', coalesce((
            SELECT pg_catalog.json_agg(pg_catalog.json_build_object(
                     'name', k.conname, 'type', k.contype::text, 'validated', k.convalidated,
                     'parent', k.confrelid::bigint,
                     -- By the stored tree: pg_get_expr would lock the table.
                     'not_null', (SELECT a.attname
                                    FROM pg_catalog.pg_attribute a
                                   WHERE a.attrelid = c.oid AND a.attnum = k.conkey[1]
                                     AND k.contype = 'c'
                                     AND k.conbin::text ~ '^[{]NULLTEST :arg [{]VAR [^{}]*[}] :nulltesttype 1 '))
                   ORDER BY k.conname)
              FROM pg_catalog.pg_constraint k
             WHERE k.conrelid = c.oid), '[]'),
         'referencing', coalesce((
            SELECT pg_catalog.json_agg(DISTINCT k.conrelid::bigint)
              FROM pg_catalog.pg_constraint k
             WHERE k.confrelid = c.oid AND k.contype = 'f' AND k.conrelid <> c.oid), '[]'),
         'descendants', coalesce((
            WITH RECURSIVE below (oid) AS (
                SELECT h.inhrelid FROM pg_catalog.pg_inherits h WHERE h.inhparent = c.oid
                UNION
                SELECT h.inhrelid FROM pg_catalog.pg_inherits h JOIN below ON h.inhparent = below.oid)
            SELECT pg_catalog.json_agg(below.oid::bigint ORDER BY below.oid) FROM below), '[]')
       )::text AS relation
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.oid = $1::bigint::oid;
