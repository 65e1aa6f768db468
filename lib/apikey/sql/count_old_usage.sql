-- $1 years. Days of counts that lie before, by the server's clock.
SELECT count(*) AS n
  FROM pcx.apikey_usage AS u
 WHERE u.day < (clock_timestamp() AT TIME ZONE 'UTC')::date - make_interval(years => $1::integer);
