-- $1 ids of api_keys (NULL: all), $2 since when. Times of api_usage_metrics are naive, and UTC.
SELECT m."apiKeyId" AS row_id, count(*) AS calls,
       count(*) FILTER (WHERE m."statusCode" BETWEEN 400 AND 499) AS client_errors,
       count(*) FILTER (WHERE m."statusCode" BETWEEN 500 AND 599) AS server_errors,
       percentile_disc(0.95) WITHIN GROUP (ORDER BY m."responseTime") AS p95_ms,
       to_char(max(m."timestamp"), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS last_at
  FROM public.api_usage_metrics AS m
 WHERE m."timestamp" >= $2::timestamptz AT TIME ZONE 'UTC'
   AND m."apiKeyId" IS NOT NULL
   AND ($1::text[] IS NULL OR m."apiKeyId" = ANY ($1::text[]))
 GROUP BY m."apiKeyId";
