-- Forgets what was found anywhere but in some places. Arrays: $1 their schemas, $2 tables,
-- $3 columns, $4 members. How many it were.
WITH gone AS (
    DELETE FROM pcx.quarantine q
     WHERE NOT EXISTS (
           SELECT FROM unnest($1::text[], $2::text[], $3::text[], $4::text[])
                    AS p(schema_name, table_name, column_name, member)
            WHERE p.schema_name = q.schema_name AND p.table_name = q.table_name
              AND p.column_name = q.column_name AND p.member = q.member)
    RETURNING 1
)
SELECT count(*) AS n FROM gone;
