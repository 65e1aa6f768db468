-- Whether values can be digested.
SELECT pcx.audit_has_digest_key() AS has_key
