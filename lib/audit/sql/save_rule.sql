-- $1 schema.table, $2 on_error, $3 key columns, $4 dropped, $5 hashed, $6 ignored
INSERT INTO pcx.audit_table (relation, on_error, key_columns, dropped, hashed, ignored)
VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (relation) DO UPDATE
   SET on_error = excluded.on_error, key_columns = excluded.key_columns,
       dropped = excluded.dropped, hashed = excluded.hashed, ignored = excluded.ignored
