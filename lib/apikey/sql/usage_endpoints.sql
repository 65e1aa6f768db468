-- $1 ids of api_keys (NULL: all), $2 since when, $3 endpoints of each key: those with the most calls.
SELECT ranked.row_id, ranked.method, ranked.endpoint, ranked.calls
  FROM (SELECT m."apiKeyId" AS row_id, m.method, m.endpoint, count(*) AS calls,
               row_number() OVER (PARTITION BY m."apiKeyId"
                                  ORDER BY count(*) DESC, m.endpoint, m.method) AS place
          FROM public.api_usage_metrics AS m
         WHERE m."timestamp" >= $2::timestamptz AT TIME ZONE 'UTC'
           AND m."apiKeyId" IS NOT NULL
           AND ($1::text[] IS NULL OR m."apiKeyId" = ANY ($1::text[]))
         GROUP BY m."apiKeyId", m.method, m.endpoint) AS ranked
 WHERE ranked.place <= $3
 ORDER BY ranked.row_id, ranked.place;
