-- Days: $1 tenants, $2 dates, $3 time zones, $4 and $5 bounds. Values: $6 number of its day, from 1 on,
-- $7 KPI, $8 hash, $9 state, $10 number, $11 reason, $12 sample, $13 parts, $14 whether it is a state
-- ('t'); '' is NULL in $10 to $13. $15 now, $16 run, $17 version of pcx.
--
-- Answers with the counts, in each row, and with what was restated: `place` in $6 to $14, and what was
-- before. Which look is no restatement, see store_days().
WITH days AS MATERIALIZED (
    SELECT number, tenant, day::date AS day, time_zone, day_from::timestamptz AS day_from,
           day_to::timestamptz AS day_to
      FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[])
           WITH ORDINALITY AS given (tenant, day, time_zone, day_from, day_to, number)
), found AS MATERIALIZED (
    SELECT v.place, d.tenant, v.kpi, d.day, v.definition_hash, nullif(v.digits, '')::numeric AS value,
           v.state, nullif(v.reason, '') AS reason, nullif(v.sample, '')::bigint AS sample,
           d.time_zone, d.day_from, d.day_to, nullif(v.parts, '')::jsonb AS parts,
           v.is_state::boolean AS is_state
      FROM unnest($6::bigint[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],
                  $12::text[], $13::text[], $14::text[])
           WITH ORDINALITY AS v (day, kpi, definition_hash, state, digits, reason, sample, parts,
                                 is_state, place)
      JOIN days AS d ON d.number = v.day
), judged AS MATERIALIZED (
    SELECT f.*, k.revision AS revision_before, k.value AS value_before, k.state AS state_before,
           k.reason AS reason_before, k.sample AS sample_before,
           k.parts IS DISTINCT FROM f.parts AS parts_differ, k.bounds_differ,
           CASE WHEN k.revision IS NULL THEN 'first'
                WHEN f.state = 'not_kept' THEN 'unchanged'
                WHEN f.is_state AND k.state <> 'not_kept' AND NOT k.bounds_differ THEN 'unchanged'
                WHEN (f.state, f.value, f.sample, f.parts)
                     IS NOT DISTINCT FROM (k.state, k.value, k.sample, k.parts)
                     AND NOT k.bounds_differ THEN 'unchanged'
                ELSE 'restated' END AS verdict
      FROM found AS f
      LEFT JOIN LATERAL (
               SELECT s.revision, s.value, s.state, s.reason, s.sample, s.parts,
                      (s.day_from, s.day_to) <> (f.day_from, f.day_to) AS bounds_differ
                 FROM pcx.kpi_daily AS s
                WHERE s.tenant = f.tenant AND s.kpi = f.kpi AND s.day = f.day
                  AND s.definition_hash = f.definition_hash
                ORDER BY s.revision DESC
                LIMIT 1) AS k ON true
), written AS (
    INSERT INTO pcx.kpi_daily (tenant, kpi, day, definition_hash, revision, value, state, reason,
                               sample, time_zone, day_from, day_to, parts, computed_at, run_id,
                               pcx_version)
    SELECT tenant, kpi, day, definition_hash, coalesce(revision_before + 1, 0), value, state, reason,
           sample, time_zone, day_from, day_to, parts, $15::timestamptz, $16, $17
      FROM judged
     WHERE verdict <> 'unchanged'
)
SELECT c.first, c.restated, c.unchanged, j.place, j.revision_before, j.value_before::text,
       j.state_before, j.reason_before, j.sample_before, j.parts_differ, j.bounds_differ
  FROM (SELECT count(*) FILTER (WHERE verdict = 'first') AS first,
               count(*) FILTER (WHERE verdict = 'restated') AS restated,
               count(*) FILTER (WHERE verdict = 'unchanged') AS unchanged
          FROM judged) AS c
  LEFT JOIN judged AS j ON j.verdict = 'restated'
 ORDER BY j.place;
