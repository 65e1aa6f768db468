-- $1 keys as apikey/transfer.h writes them, a JSON array.
INSERT INTO pcx.apikey (id, row_id, kind, hash, pepper, owner, tenant, cidrs, created_at, created_by,
                        revoked_at, revoked_by, revoke_reason, replaced_by, grace_until)
SELECT n.id, n.row_id, n.kind, decode(n.hash, 'hex'), n.pepper, n.owner, n.tenant,
       n.cidrs::cidr[], n.created_at, n.created_by, n.revoked_at, n.revoked_by, n.revoke_reason,
       n.replaced_by, n.grace_until
  FROM jsonb_to_recordset($1::jsonb) AS n (id text, row_id text, kind text, hash text,
         pepper integer, owner text, tenant text, cidrs text[], created_at timestamptz,
         created_by text, revoked_at timestamptz, revoked_by text, revoke_reason text,
         replaced_by text, grace_until timestamptz);
