-- $1 keys as apikey/transfer.h writes them, a JSON array. Times of api_keys are naive, and UTC.
INSERT INTO public.api_keys (id, name, key, permissions, "rateLimit", "expiresAt", "lastUsedAt",
                             status, "createdAt", "updatedAt")
SELECT n.row_id, r.name, 'pcx:' || n.id, r.permissions, r."rateLimit",
       r."expiresAt" AT TIME ZONE 'UTC', r."lastUsedAt" AT TIME ZONE 'UTC', r.status,
       r."createdAt" AT TIME ZONE 'UTC', r."updatedAt" AT TIME ZONE 'UTC'
  FROM jsonb_to_recordset($1::jsonb) AS n (id text, row_id text, "row" jsonb),
       jsonb_to_record(n."row") AS r (name text, permissions text[], "rateLimit" integer,
         "expiresAt" timestamptz, "lastUsedAt" timestamptz, status text, "createdAt" timestamptz,
         "updatedAt" timestamptz);
