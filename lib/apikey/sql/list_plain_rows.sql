-- Rows of api_keys that hold no placeholder, behind id $1 (NULL: from the first), $2 at most.
SELECT a.id, a.name, a.key
  FROM public.api_keys AS a
 WHERE ($1::text IS NULL OR a.id > $1::text) AND NOT a.key ^@ 'pcx:'
 ORDER BY a.id
 LIMIT $2;
