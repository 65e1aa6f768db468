-- $1 ids of api_keys. When the application last recorded a request of each.
SELECT m."apiKeyId" AS row_id,
       to_char(max(m."timestamp"), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS last_at
  FROM public.api_usage_metrics AS m
 WHERE m."apiKeyId" = ANY ($1::text[])
 GROUP BY m."apiKeyId";
