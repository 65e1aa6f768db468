-- What was found before an instant and not again. $1 schema, $2 table, $3 the instant.
DELETE FROM pcx.quarantine
 WHERE schema_name = $1 AND table_name = $2 AND found_at < $3::timestamptz;
