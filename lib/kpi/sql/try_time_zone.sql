-- Fails with 22023 when the server can make no time zone of $1.
SELECT now() AT TIME ZONE $1::text
