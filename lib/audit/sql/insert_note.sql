-- $1 kind, $2 details: a row of pcx.audit_meta, and its leaf
SELECT pcx.audit_note($1, $2::jsonb) AS seq
