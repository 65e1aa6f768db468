-- $1 keys as apikey/transfer.h writes them, a JSON array. Times of api_keys are naive, and UTC. A
-- row that did not know when it was made is as old as its key.
INSERT INTO public.api_keys (id, name, key, permissions, "rateLimit", "expiresAt", "lastUsedAt",
                             status, "createdAt", "updatedAt")
SELECT n.row_id, r.name, 'pcx:' || n.id, r.permissions, r."rateLimit",
       r."expiresAt" AT TIME ZONE 'UTC', r."lastUsedAt" AT TIME ZONE 'UTC', r.status,
       coalesce(r."createdAt", n.created_at) AT TIME ZONE 'UTC',
       coalesce(r."updatedAt", clock_timestamp()) AT TIME ZONE 'UTC'
  FROM jsonb_to_recordset($1::jsonb) AS n (id text, row_id text, created_at timestamptz,
         "row" jsonb),
       jsonb_to_record(n."row") AS r (name text, permissions text[], "rateLimit" integer,
         "expiresAt" timestamptz, "lastUsedAt" timestamptz, status text, "createdAt" timestamptz,
         "updatedAt" timestamptz);
