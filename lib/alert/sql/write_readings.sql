-- $1 environment, $2 times, $3 bodies.
INSERT INTO pcx.alert_reading (environment, at, body)
SELECT $1::text, at::timestamptz, body::json
  FROM unnest($2::text[], $3::text[]) AS given (at, body)
ON CONFLICT (environment, at) DO UPDATE SET body = excluded.body;
