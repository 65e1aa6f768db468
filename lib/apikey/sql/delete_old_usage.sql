-- $1 years. As count_old_usage.sql has it.
WITH gone AS (
    DELETE FROM pcx.apikey_usage AS u
     WHERE u.day < (clock_timestamp() AT TIME ZONE 'UTC')::date - make_interval(years => $1::integer)
    RETURNING u.day
)
SELECT count(*) AS n FROM gone;
