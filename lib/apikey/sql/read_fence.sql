-- The constraint of api_keys that is called $1.
SELECT c.convalidated AS valid, pg_get_constraintdef(c.oid) AS definition
  FROM pg_constraint AS c
 WHERE c.conrelid = to_regclass('public.api_keys') AND c.conname = $1;
