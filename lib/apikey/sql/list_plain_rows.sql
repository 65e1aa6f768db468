-- Rows of api_keys that hold a key in plain, after id $1, $2 at most.
SELECT a.id, a.key
  FROM public.api_keys AS a
 WHERE a.id > $1 AND NOT a.key ^@ 'pcx:'
   AND NOT EXISTS (SELECT FROM pcx.apikey AS k WHERE k.row_id = a.id)
 ORDER BY a.id
 LIMIT $2;
