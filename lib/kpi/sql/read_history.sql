-- $1 tenant (NULL: any), $2 KPIs (none: all), $3 and $4 first and last date (NULL: any), $5 whether only
-- what was restated, $6 rows at most.
SELECT k.tenant, k.kpi, k.definition_hash, k.revision, k.value::text, k.state, k.reason, k.sample,
       k.time_zone, k.parts::text, k.run_id, k.pcx_version,
       n.revision = k.revision AS is_newest,
       to_char(k.day, 'YYYY-MM-DD') AS day,
       to_char(k.day_from AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS day_from,
       to_char(k.day_to AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS day_to,
       to_char(k.computed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS computed_at
  FROM pcx.kpi_daily AS k
 CROSS JOIN LATERAL (
           SELECT s.revision
             FROM pcx.kpi_daily AS s
            WHERE s.tenant = k.tenant AND s.kpi = k.kpi AND s.day = k.day
              AND s.definition_hash = k.definition_hash
            ORDER BY s.revision DESC
            LIMIT 1) AS n
 WHERE ($1::text IS NULL OR k.tenant = $1::text)
   AND ($2::text[] = '{}' OR k.kpi = ANY ($2::text[]))
   AND ($3::date IS NULL OR k.day >= $3::date)
   AND ($4::date IS NULL OR k.day <= $4::date)
   AND (NOT $5::boolean OR n.revision > 0)
 ORDER BY k.day DESC, k.tenant, k.kpi, k.definition_hash, k.revision
 LIMIT $6;
