SELECT pcx.audit_note('census', $1::jsonb)
