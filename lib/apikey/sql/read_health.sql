-- $1 now, $2 the time that keys are asked to last until. Times of api_keys are naive, and UTC.
SELECT (SELECT count(*) FROM pcx.apikey) AS keys,
       (SELECT count(*)
          FROM pcx.apikey AS k
          JOIN public.api_keys AS a ON a.id = k.row_id
         WHERE k.revoked_at IS NULL AND k.replaced_by IS NULL AND a.status = 'active'
           AND a."expiresAt" > $1::timestamptz AT TIME ZONE 'UTC'
           AND a."expiresAt" <= $2::timestamptz AT TIME ZONE 'UTC') AS expiring,
       (SELECT count(*)
          FROM public.api_keys AS a
         WHERE a.key ^@ 'pcx:'
           AND NOT EXISTS (SELECT FROM pcx.apikey AS k WHERE k.row_id = a.id)) AS placeholders,
       (SELECT count(*)
          FROM pcx.apikey AS k
         WHERE NOT EXISTS (SELECT FROM public.api_keys AS a WHERE a.id = k.row_id)) AS rowless,
       (SELECT count(*)
          FROM pcx.apikey AS k
          JOIN public.api_keys AS a ON a.id = k.row_id
         WHERE k.revoked_at IS NOT NULL AND a.status = 'active') AS unmarked,
       ARRAY(SELECT k.id
               FROM pcx.apikey AS k
               JOIN public.api_keys AS a ON a.id = k.row_id
              WHERE k.revoked_at IS NOT NULL AND a.status = 'active'
              ORDER BY k.id
              LIMIT 5) AS unmarked_first,
       (SELECT count(*)
          FROM pcx.apikey AS k
          JOIN pcx.data_key AS d ON d.id = k.pepper
         WHERE d.state IN ('retired', 'destroyed')) AS unopenable;
