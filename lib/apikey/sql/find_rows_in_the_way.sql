-- The same as find_foreign_rows.sql where pcx has no table of keys yet: every row is foreign.
SELECT a.id AS row_id, NULL AS key_id
  FROM public.api_keys AS a
 WHERE a.id = ANY ($1::text[])
UNION ALL
SELECT NULL, substr(a.key, 5)
  FROM public.api_keys AS a
 WHERE a.key = ANY (ARRAY(SELECT 'pcx:' || id FROM unnest($2::text[]) AS id));
