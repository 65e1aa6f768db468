-- The dates $2 to $3 in time zone $1, with the microseconds since 1970 at which each begins and the
-- next one begins; without dates that the zone never had. A date begins at the first instant at
-- which it is the date: one of those at which clocks that were right a day before or a day after
-- show midnight, or where clocks are put forward across it, a minute between. All in UTC.
WITH probes AS MATERIALIZED (
  SELECT at::date AS date, at, at - (at AT TIME ZONE 'UTC' AT TIME ZONE $1::text) AS behind
    FROM generate_series($2::date::timestamp - interval '1 day',
                         $3::date::timestamp + interval '3 days', interval '1 day') AS at),
bounds AS (
  SELECT date, at + least(lag(behind) OVER dates, behind, lead(behind) OVER dates) AS early,
         at + greatest(lag(behind) OVER dates, behind, lead(behind) OVER dates) AS late
    FROM probes
  WINDOW dates AS (ORDER BY date)),
starts AS MATERIALIZED (
  SELECT date,
         CASE WHEN early = late THEN late
              ELSE (SELECT min(at)
                      FROM (SELECT generate_series(early, late, interval '1 minute') AS at
                            UNION ALL SELECT late) AS tried
                     WHERE (at AT TIME ZONE 'UTC' AT TIME ZONE $1::text)::date = date) END AS start
    FROM bounds),
days AS (
  SELECT date, start, lead(start) OVER (ORDER BY date) AS next_start
    FROM starts
   WHERE start IS NOT NULL)
SELECT to_char(date, 'YYYY-MM-DD')                       AS date,
       (extract(epoch FROM start) * 1000000)::bigint      AS from_us,
       (extract(epoch FROM next_start) * 1000000)::bigint AS to_us
  FROM days
 WHERE date BETWEEN $2::date AND $3::date
 ORDER BY date
