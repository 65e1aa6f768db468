-- $1 id, $2 name, $3 placeholder, $4 permissions, $5 rate, $6 expiry.
INSERT INTO public.api_keys (id, name, key, permissions, "rateLimit", "expiresAt", status, "updatedAt")
VALUES ($1, $2, $3, $4::text[], $5, $6::timestamptz AT TIME ZONE 'UTC', 'active',
        clock_timestamp() AT TIME ZONE 'UTC');
