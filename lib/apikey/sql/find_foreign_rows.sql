-- Rows of api_keys that belong to no key of pcx and have one of the ids $1, or the placeholder of one
-- of the keys $2: row_id or key_id says which.
SELECT a.id AS row_id, NULL AS key_id
  FROM public.api_keys AS a
 WHERE a.id = ANY ($1::text[])
   AND NOT EXISTS (SELECT FROM pcx.apikey AS k WHERE k.row_id = a.id)
UNION ALL
SELECT NULL, substr(a.key, 5)
  FROM public.api_keys AS a
 WHERE a.key = ANY (ARRAY(SELECT 'pcx:' || id FROM unnest($2::text[]) AS id))
   AND NOT EXISTS (SELECT FROM pcx.apikey AS k WHERE k.row_id = a.id);
