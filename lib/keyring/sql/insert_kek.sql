-- $1 id, $2 provider, $3 location, $4 wrapped, $5 check, $6 created at, $7 tag.
INSERT INTO pcx.kek (id, provider, location, wrapped, key_check, created_at, tag)
OVERRIDING SYSTEM VALUE
VALUES ($1, $2, $3, $4, $5, $6::text::timestamptz, $7);
