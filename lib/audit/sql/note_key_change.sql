SELECT pcx.audit_note('key', $1::jsonb)
