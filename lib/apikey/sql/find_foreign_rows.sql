-- What is in the way of keys with the rows $1 (ids of api_keys) and the lookup ids $2. Rows that
-- belong to no key of pcx and have one of these ids, or the placeholder of one of these keys: row_id
-- or key_id says which. And keys of pcx whose row is gone: both do.
SELECT a.id AS row_id, NULL AS key_id
  FROM public.api_keys AS a
 WHERE a.id = ANY ($1::text[])
   AND NOT EXISTS (SELECT FROM pcx.apikey AS k WHERE k.row_id = a.id)
UNION ALL
SELECT NULL, substr(a.key, 5)
  FROM public.api_keys AS a
 WHERE a.key = ANY (ARRAY(SELECT 'pcx:' || id FROM unnest($2::text[]) AS id))
   AND NOT EXISTS (SELECT FROM pcx.apikey AS k WHERE k.row_id = a.id)
UNION ALL
SELECT k.row_id, k.id
  FROM pcx.apikey AS k
 WHERE (k.row_id = ANY ($1::text[]) OR k.id = ANY ($2::text[]))
   AND NOT EXISTS (SELECT FROM public.api_keys AS a WHERE a.id = k.row_id);
