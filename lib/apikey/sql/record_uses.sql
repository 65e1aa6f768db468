-- One element for each key and day: $1 id in api_keys, $2 lookup id ('': in plain), $3 day, $4 calls,
-- $5 refused, $6 time ('': only refused). In order, so that two who tell the same keys do not wait for
-- each other; "lastUsedAt" is naive, and UTC. Behind a fence that is not proven, a row that breaks it
-- cannot be changed in any way: such a key goes without its time, rather than all without theirs.
WITH told AS (
    SELECT row_id, key_id, day::date AS day, calls::bigint AS calls, refused::bigint AS refused,
           nullif(used, '')::timestamptz AS used
      FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[])
           AS t (row_id, key_id, day, calls, refused, used)
), counted AS (
    INSERT INTO pcx.apikey_usage AS u (key_id, day, calls, refused, last_used_at)
    SELECT k.id, told.day, told.calls, told.refused, told.used
      FROM told
      JOIN pcx.apikey AS k ON k.id = told.key_id
     ORDER BY k.id, told.day
        ON CONFLICT (key_id, day) DO UPDATE
       SET calls = u.calls + excluded.calls, refused = u.refused + excluded.refused,
           last_used_at = greatest(u.last_used_at, excluded.last_used_at)
), late AS (
    SELECT a.id, newest.used
      FROM (SELECT row_id, max(used) AT TIME ZONE 'UTC' AS used FROM told GROUP BY row_id) AS newest
      JOIN public.api_keys AS a ON a.id = newest.row_id
     WHERE newest.used > coalesce(a."lastUsedAt", '-infinity')
       AND (a.key ^@ 'pcx:'
            OR NOT EXISTS (SELECT FROM pg_catalog.pg_constraint AS c
                            WHERE c.conrelid = 'public.api_keys'::regclass
                              AND c.conname = 'pcx_api_keys_fence'))
     ORDER BY a.id
       FOR NO KEY UPDATE OF a SKIP LOCKED
)
UPDATE public.api_keys AS a
   SET "lastUsedAt" = late.used
  FROM late
 WHERE a.id = late.id;
