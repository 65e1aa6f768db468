-- Rows of api_keys that hold no placeholder, behind id $1 (NULL: from the first), $2 at most, to be
-- changed by this transaction. Those that somebody else is changing are left out: nobody is waited
-- for, and whoever comes now waits for one batch.
SELECT a.id, a.name, a.key
  FROM public.api_keys AS a
 WHERE ($1::text IS NULL OR a.id > $1::text) AND NOT a.key ^@ 'pcx:'
 ORDER BY a.id
 LIMIT $2
   FOR UPDATE SKIP LOCKED;
