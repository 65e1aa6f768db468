-- Keys that were deleted: with one of the lookup ids $1, or of the digests $2 (hexadecimal digits).
SELECT g.id, encode(g.hash, 'hex') AS hash
  FROM pcx.apikey_gone AS g
 WHERE g.id = ANY ($1::text[])
UNION
SELECT g.id, encode(g.hash, 'hex')
  FROM pcx.apikey_gone AS g
 WHERE g.hash = ANY (ARRAY(SELECT decode(digest, 'hex') FROM unnest($2::text[]) AS digest));
