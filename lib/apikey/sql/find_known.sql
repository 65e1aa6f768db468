-- What pcx has of rows ($1: ids in api_keys), and of keys ($2: digests in hexadecimal digits), and
-- which keys it has deleted; some keys twice. LIMIT for the planner: one by one, by their unique
-- indexes, also before the first ANALYZE of a table that has just grown.
SELECT k.id, k.row_id, encode(k.hash, 'hex') AS hash,
       k.revoked_at IS NOT NULL OR k.replaced_by IS NOT NULL AS is_over, false AS is_gone
  FROM unnest($1::text[]) AS wanted (row_id)
 CROSS JOIN LATERAL (SELECT * FROM pcx.apikey AS a WHERE a.row_id = wanted.row_id LIMIT 1) AS k
UNION ALL
SELECT k.id, k.row_id, encode(k.hash, 'hex'),
       k.revoked_at IS NOT NULL OR k.replaced_by IS NOT NULL, false
  FROM unnest($2::text[]) AS wanted (digest)
 CROSS JOIN LATERAL (
    SELECT * FROM pcx.apikey AS a WHERE a.hash = decode(wanted.digest, 'hex') LIMIT 1) AS k
UNION ALL
SELECT g.id, '', encode(g.hash, 'hex'), true, true
  FROM unnest($2::text[]) AS wanted (digest)
 CROSS JOIN LATERAL (
    SELECT * FROM pcx.apikey_gone AS a WHERE a.hash = decode(wanted.digest, 'hex') LIMIT 1) AS g;
