-- $1 lookup id, $2 id in api_keys, $3 kind, $4 digest, $5 pepper, $6 owner, $7 tenant, $8 addresses,
-- $9 by whom.
INSERT INTO pcx.apikey (id, row_id, kind, hash, pepper, owner, tenant, cidrs, created_by)
VALUES ($1, $2, $3, $4::bytea, $5, $6, $7, $8::text[]::cidr[], $9);
