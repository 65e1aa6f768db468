-- Every heap below some tables: themselves, partitions and heirs. $1 their schemas, $2 their names.
WITH RECURSIVE root AS (
    SELECT DISTINCT w.schema_name, w.table_name, c.oid
      FROM unnest($1::text[], $2::text[]) AS w(schema_name, table_name)
      JOIN pg_catalog.pg_namespace n ON n.nspname = w.schema_name
      JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = w.table_name
     WHERE c.relkind IN ('r', 'p', 'f', 'v', 'm')
), tree AS (
    SELECT schema_name, table_name, oid FROM root
     UNION
    SELECT t.schema_name, t.table_name, i.inhrelid
      FROM tree t JOIN pg_catalog.pg_inherits i ON i.inhparent = t.oid
), trail_function AS (
    SELECT p.oid, p.proname::text AS name, p.proowner AS owner, p.pronamespace AS namespace
      FROM pg_catalog.pg_proc p JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
     WHERE n.nspname = 'pcx' AND p.proname ^@ 'audit_'
)
SELECT t.schema_name AS root_schema, t.table_name AS root_table, c.oid::bigint AS relation,
       n.nspname::text AS schema_name, c.relname::text AS table_name, c.relkind::text AS kind,
       coalesce(pg_catalog.pg_relation_size(c.oid), 0)
         / pg_catalog.current_setting('block_size')::bigint AS blocks,
       c.reltuples::bigint AS rows_estimated,
       pg_catalog.row_security_active(c.oid) AS row_security,
       pg_catalog.has_table_privilege(c.oid, 'SELECT') AS may_read,
       pg_catalog.has_table_privilege(c.oid, 'UPDATE, DELETE, TRUNCATE') AS may_lock,
       coalesce(k.names, '{}') AS key_names, coalesce(k.type_schemas, '{}') AS key_type_schemas,
       coalesce(k.types, '{}') AS key_types,
       coalesce(a.names, '{}') AS column_names, coalesce(a.types, '{}') AS column_types,
       coalesce(a.lengths, '{}') AS column_lengths, coalesce(a.flags, '{}') AS column_flags,
       coalesce(h.columns, '{}') AS check_columns, coalesce(h.names, '{}') AS check_names,
       coalesce(g.names, '{}') AS triggers, coalesce(g.unskipped, '{}') AS unskipped_triggers,
       coalesce(p.is_guarded, false) AS is_guarded, coalesce(p.is_captured, false) AS is_captured,
       coalesce(p.hidden, '{}') AS hidden_columns,
       coalesce(f.may_reseal, false) AS may_reseal, f.owner AS trail_owner,
       coalesce(f.owner_may_write, false) AS trail_may_write
  FROM tree t
  JOIN pg_catalog.pg_class c ON c.oid = t.oid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  CROSS JOIN LATERAL (
       SELECT pg_catalog.array_agg(ka.attname::text ORDER BY o.at) AS names,
              pg_catalog.array_agg(kn.nspname::text ORDER BY o.at) AS type_schemas,
              pg_catalog.array_agg(kt.typname::text ORDER BY o.at) AS types
         FROM pg_catalog.pg_index i
        CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS o(attnum, at)
         JOIN pg_catalog.pg_attribute ka ON ka.attrelid = c.oid AND ka.attnum = o.attnum
         JOIN pg_catalog.pg_type kt ON kt.oid = ka.atttypid
         JOIN pg_catalog.pg_namespace kn ON kn.oid = kt.typnamespace
        WHERE i.indrelid = c.oid AND i.indisprimary) k
  CROSS JOIN LATERAL (
       SELECT pg_catalog.array_agg(ca.attname::text ORDER BY ca.attnum) AS names,
              pg_catalog.array_agg(ct.typname::text ORDER BY ca.attnum) AS types,
              -- In characters; a typmod counts 4 bytes more. 0: no limit.
              pg_catalog.array_agg((CASE WHEN ct.typname IN ('varchar', 'bpchar')
                                         THEN greatest(ca.atttypmod - 4, 0) ELSE 0 END)::text
                                   ORDER BY ca.attnum) AS lengths,
              pg_catalog.array_agg(pg_catalog.concat(
                  CASE WHEN ca.attgenerated <> '' THEN 'g' END,
                  CASE WHEN EXISTS (SELECT 1 FROM pg_catalog.pg_index x
                                     WHERE x.indrelid = c.oid AND ca.attnum = ANY (x.indkey))
                       THEN 'i' END,
                  CASE WHEN EXISTS (SELECT 1 FROM pg_catalog.pg_index x
                                     WHERE x.indrelid = c.oid AND ca.attnum = ANY (x.indkey)
                                       AND (x.indisunique OR x.indisexclusion))
                       THEN 'q' END,
                  CASE WHEN pg_catalog.has_column_privilege(c.oid, ca.attnum, 'UPDATE')
                       THEN 'u' END) ORDER BY ca.attnum) AS flags
         FROM pg_catalog.pg_attribute ca
         JOIN pg_catalog.pg_type ct ON ct.oid = ca.atttypid
        WHERE ca.attrelid = c.oid AND ca.attnum > 0 AND NOT ca.attisdropped) a
  CROSS JOIN LATERAL (
       SELECT pg_catalog.array_agg(ha.attname::text ORDER BY k.conname, ha.attnum) AS columns,
              pg_catalog.array_agg(k.conname::text ORDER BY k.conname, ha.attnum) AS names
         FROM pg_catalog.pg_constraint k
         JOIN pg_catalog.pg_attribute ha ON ha.attrelid = c.oid AND ha.attnum = ANY (k.conkey)
        WHERE k.conrelid = c.oid AND k.contype = 'c' AND NOT k.conname ^@ 'pcx_sealed_') h
  CROSS JOIN LATERAL (
       SELECT pg_catalog.array_agg(r.tgname::text ORDER BY r.tgname)
                FILTER (WHERE r.tgenabled IN ('O', 'A')) AS names,
              pg_catalog.array_agg(r.tgname::text ORDER BY r.tgname)
                FILTER (WHERE r.tgenabled IN ('R', 'A')) AS unskipped
         FROM pg_catalog.pg_trigger r
        WHERE r.tgrelid = c.oid AND NOT r.tgisinternal AND r.tgtype & 16 = 16
          AND NOT EXISTS (SELECT 1 FROM trail_function tf WHERE tf.oid = r.tgfoid)) g
  -- Triggers of pcx's own trail, also where somebody has disabled them. Their second and third argument
  -- are arrays of the columns of which nothing or a digest is kept.
  CROSS JOIN LATERAL (
       SELECT pg_catalog.bool_or(tf.name = 'audit_guard') AS is_guarded,
              pg_catalog.bool_or(tf.name ^@ 'audit_capture') AS is_captured,
              pg_catalog.max(h.columns) FILTER (WHERE tf.name ^@ 'audit_capture') AS hidden
         FROM pg_catalog.pg_trigger r
         JOIN trail_function tf ON tf.oid = r.tgfoid
        CROSS JOIN LATERAL (
              SELECT pg_catalog.array_agg(l.name) AS columns
                FROM pg_catalog.string_to_table(pg_catalog.encode(r.tgargs, 'escape'), '\000')
                       WITH ORDINALITY AS x(argument, place)
               CROSS JOIN LATERAL unnest(pg_catalog.convert_from(
                       pg_catalog.decode(x.argument, 'escape'),
                       pg_catalog.getdatabaseencoding())::text[]) AS l(name)
               WHERE x.place IN (2, 3)) h
        WHERE r.tgrelid = c.oid AND NOT r.tgisinternal AND r.tgtype & 17 = 17) p
  LEFT JOIN LATERAL (
       SELECT pg_catalog.has_schema_privilege(tf.namespace, 'USAGE')
                AND pg_catalog.has_function_privilege(tf.oid, 'EXECUTE') AS may_reseal,
              pg_catalog.pg_get_userbyid(tf.owner)::text AS owner,
              pg_catalog.has_table_privilege(tf.owner, c.oid, 'SELECT')
                AND pg_catalog.has_table_privilege(tf.owner, c.oid, 'UPDATE') AS owner_may_write
         FROM trail_function tf
        WHERE tf.name = 'audit_reseal') f ON true
 ORDER BY t.schema_name, t.table_name, n.nspname, c.relname;
