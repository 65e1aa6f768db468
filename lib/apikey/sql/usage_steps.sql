-- $1 ids of api_keys (NULL: all), $2 since when, $3 hour or day, $4 rows at most.
SELECT m."apiKeyId" AS row_id,
       to_char(date_trunc($3, m."timestamp"), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS step,
       count(*) AS calls,
       count(*) FILTER (WHERE m."statusCode" BETWEEN 400 AND 499) AS client_errors,
       count(*) FILTER (WHERE m."statusCode" BETWEEN 500 AND 599) AS server_errors
  FROM public.api_usage_metrics AS m
 WHERE m."timestamp" >= $2::timestamptz AT TIME ZONE 'UTC'
   AND m."apiKeyId" IS NOT NULL
   AND ($1::text[] IS NULL OR m."apiKeyId" = ANY ($1::text[]))
 GROUP BY m."apiKeyId", date_trunc($3, m."timestamp")
 ORDER BY m."apiKeyId", date_trunc($3, m."timestamp")
 LIMIT $4;
