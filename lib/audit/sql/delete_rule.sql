-- $1 schema.table
DELETE FROM pcx.audit_table WHERE relation = $1
