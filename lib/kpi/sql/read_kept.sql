-- $1 tenants, $2 KPIs and $3 their hashes, $4 dates: the newest revision of each.
SELECT k.tenant, k.kpi, k.definition_hash, k.revision, k.value::text, k.state, k.reason, k.sample,
       k.time_zone, k.parts::text, k.run_id, k.pcx_version, true AS is_newest,
       to_char(k.day, 'YYYY-MM-DD') AS day,
       to_char(k.day_from AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS day_from,
       to_char(k.day_to AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS day_to,
       to_char(k.computed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS computed_at
  FROM unnest($1::text[]) AS t (tenant)
 CROSS JOIN unnest($2::text[], $3::text[]) AS d (kpi, definition_hash)
 CROSS JOIN unnest($4::date[]) AS w (day)
 CROSS JOIN LATERAL (
           SELECT s.*
             FROM pcx.kpi_daily AS s
            WHERE s.tenant = t.tenant AND s.kpi = d.kpi AND s.day = w.day
              AND s.definition_hash = d.definition_hash
            ORDER BY s.revision DESC
            LIMIT 1) AS k;
