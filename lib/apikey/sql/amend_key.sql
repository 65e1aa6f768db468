-- $1 lookup id, $2 owner, $3 tenant, $4 addresses.
UPDATE pcx.apikey SET owner = $2, tenant = $3, cidrs = $4::text[]::cidr[] WHERE id = $1;
