-- $1 times of a calendar, '' for today; $2 days after each; $3 now; $4 time zone. In the order of $1.
SELECT to_char(((CASE WHEN w.text = '' THEN (($3::timestamptz AT TIME ZONE $4)::date)::timestamp
                      ELSE w.text::timestamp END + make_interval(days => w.days::integer))
                AT TIME ZONE $4) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS instant
  FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS w (text, days, place)
 ORDER BY w.place;
