-- $1 schema, $2 table, $3 columns: the numbers that this cluster's catalog has for them, as JSON. Names
-- change, numbers do not; a dump that is restored has others.
SELECT jsonb_build_object(
           'system_identifier', (SELECT system_identifier::text FROM pg_control_system()),
           'database', (SELECT oid::bigint FROM pg_database WHERE datname = current_database()),
           'relation', c.oid::bigint,
           'columns', coalesce((SELECT jsonb_object_agg(a.attname, a.attnum)
                                  FROM pg_attribute AS a
                                 WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
                                   AND a.attname::text = ANY ($3::text[])), '{}'))::text AS place
  FROM pg_class AS c
  JOIN pg_namespace AS n ON n.oid = c.relnamespace
 WHERE n.nspname = $1 AND c.relname = $2
