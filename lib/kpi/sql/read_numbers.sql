-- $1 KPIs (none: all), $2 and $3 first and last date, $4 rows at most. The newest look at each.
SELECT DISTINCT ON (k.kpi, k.tenant, k.day, k.definition_hash)
       k.kpi, k.tenant, k.definition_hash, k.state, k.value::text, k.parts::text,
       to_char(k.day_from AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS day_from,
       to_char(k.day_to AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS day_to
  FROM pcx.kpi_daily AS k
 WHERE (cardinality($1::text[]) = 0 OR k.kpi = ANY ($1::text[]))
   AND k.day BETWEEN $2::date AND $3::date
 ORDER BY k.kpi, k.tenant, k.day, k.definition_hash, k.revision DESC
 LIMIT $4;
