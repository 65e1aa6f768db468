-- $1 lookup id, $2 id in api_keys, $3 kind, $4 digest, $5 pepper, $6 owner, $7 tenant, $8 addresses,
-- $9 by whom. Nothing happens unless the pepper is the active one: see count_digests_under().
INSERT INTO pcx.apikey (id, row_id, kind, hash, pepper, owner, tenant, cidrs, created_by)
SELECT $1::text, $2::text, $3::text, $4::bytea, d.id, $6::text, $7::text, $8::text[]::cidr[], $9::text
  FROM pcx.data_key AS d
 WHERE d.id = $5::integer AND d.state = 'active'
RETURNING id;
