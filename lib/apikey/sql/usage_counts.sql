-- $1 lookup ids (NULL: all), $2 since when: from the beginning of that day on.
SELECT u.key_id, sum(u.calls)::bigint AS taken, sum(u.refused)::bigint AS refused
  FROM pcx.apikey_usage AS u
 WHERE u.day >= ($2::timestamptz AT TIME ZONE 'UTC')::date
   AND ($1::text[] IS NULL OR u.key_id = ANY ($1::text[]))
 GROUP BY u.key_id;
