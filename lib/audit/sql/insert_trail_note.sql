-- $1 kind, $2 details. Its number.
SELECT pcx.audit_note($1, $2::jsonb) AS seq;
