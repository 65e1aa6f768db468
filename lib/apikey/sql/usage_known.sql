-- $1 lookup ids; NULL: all keys. Whether anything was ever recorded of each, by the application and
-- by pcx: nothing known is not the same as no calls. The first id that is not smaller is asked for,
-- since EXISTS is planned as a scan that expects to end soon, and reads the whole table where there
-- is nothing.
SELECT k.id,
       coalesce((SELECT m."apiKeyId"
                   FROM public.api_usage_metrics AS m
                  WHERE m."apiKeyId" >= k.row_id
                  ORDER BY m."apiKeyId"
                  LIMIT 1) = k.row_id, false) AS is_recorded,
       u.last_used_at IS NOT NULL AS is_counted,
       to_char(u.last_used_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS last_counted_at
  FROM pcx.apikey AS k
  LEFT JOIN LATERAL (SELECT max(last_used_at) AS last_used_at
                       FROM pcx.apikey_usage
                      WHERE key_id = k.id) AS u ON true
 WHERE $1::text[] IS NULL OR k.id = ANY ($1::text[]);
