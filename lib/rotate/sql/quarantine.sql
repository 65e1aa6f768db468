-- $1 schema, $2 table, then arrays: $3 columns, $4 members, $5 keys as array literals, $6 kinds,
-- $7 refusals or '', $8 keys named or '0'. Of what was found several times the last one stays.
INSERT INTO pcx.quarantine (schema_name, table_name, column_name, member, row_key, kind, refusal,
                            named_key)
SELECT DISTINCT ON (x.c, x.m, x.k)
       $1, $2, x.c, x.m, x.k::text[], x.kind, nullif(x.refusal, ''), nullif(x.named::int, 0)
  FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[])
         WITH ORDINALITY AS x(c, m, k, kind, refusal, named, n)
 ORDER BY x.c, x.m, x.k, x.n DESC
    ON CONFLICT (schema_name, table_name, column_name, member, row_key)
    DO UPDATE SET kind = excluded.kind, refusal = excluded.refusal,
                  named_key = excluded.named_key, found_at = excluded.found_at;
