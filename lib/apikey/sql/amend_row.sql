-- $1 id in api_keys, $2 name, $3 whether there are new $4 permissions, $5 rate, $6 whether there is a
-- new $7 expiry.
UPDATE public.api_keys
   SET name = $2,
       permissions = CASE WHEN $3::boolean THEN $4::text[] ELSE permissions END,
       "rateLimit" = $5::integer,
       "expiresAt" = CASE WHEN $6::boolean THEN $7::timestamptz AT TIME ZONE 'UTC' ELSE "expiresAt" END,
       "updatedAt" = clock_timestamp() AT TIME ZONE 'UTC'
 WHERE id = $1;
