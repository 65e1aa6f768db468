-- $1 environment, $2 ids, $3 starts, $4 ends, $5 expired at ('': not), $6 who made them, $7 bodies.
INSERT INTO pcx.alert_silence (environment, id, starts_at, ends_at, expired_at, created_by, body)
SELECT $1::text, id, starts_at::timestamptz, nullif(ends_at, '')::timestamptz,
       nullif(expired_at, '')::timestamptz, created_by, body::json
  FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[])
       AS given (id, starts_at, ends_at, expired_at, created_by, body)
ON CONFLICT (environment, id) DO UPDATE
   SET starts_at = excluded.starts_at, ends_at = excluded.ends_at, expired_at = excluded.expired_at,
       created_by = excluded.created_by, body = excluded.body;
