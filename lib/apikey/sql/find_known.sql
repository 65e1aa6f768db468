-- What pcx has of rows ($1: ids in api_keys), and of keys ($2: digests in hexadecimal digits).
SELECT k.id, k.row_id, encode(k.hash, 'hex') AS hash,
       k.revoked_at IS NOT NULL OR k.replaced_by IS NOT NULL AS is_over
  FROM pcx.apikey AS k
 WHERE k.row_id = ANY ($1::text[])
    OR k.hash = ANY (ARRAY(SELECT decode(digest, 'hex') FROM unnest($2::text[]) AS digest));
