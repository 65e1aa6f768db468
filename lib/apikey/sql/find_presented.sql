-- The key that is presented: by its digest under each pepper ($1, in hexadecimal digits), or in plain
-- ($2, or NULL) among the rows that are not adopted yet. Adopting moves a key from the one to the
-- other in one transaction, so that a snapshot sees it exactly once. Expiry: as in find_keys.sql.
SELECT k.id, k.row_id, k.kind, encode(k.hash, 'hex') AS hash, k.pepper, a.name,
       ARRAY(SELECT scope FROM unnest(a.permissions) AS scope WHERE scope IS NOT NULL) AS scopes,
       a."rateLimit" AS rate, a.status, k.owner, k.tenant,
       k.cidrs::text[] AS cidrs, k.created_by, k.revoked_by, k.revoke_reason, k.replaced_by,
       to_char(k.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created_at,
       CASE WHEN a."expiresAt" < '2262-01-01'
            THEN to_char(greatest(a."expiresAt", '1970-01-01'), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
       END AS expires_at,
       to_char(a."lastUsedAt", 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS last_used_at,
       to_char(k.revoked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS revoked_at,
       to_char(k.grace_until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS grace_until
  FROM pcx.apikey AS k
  JOIN public.api_keys AS a ON a.id = k.row_id
 WHERE k.hash = ANY (ARRAY(SELECT decode(digest, 'hex') FROM unnest($1::text[]) AS digest))
UNION ALL
SELECT '', a.id, 'adopted', '', 0, a.name,
       ARRAY(SELECT scope FROM unnest(a.permissions) AS scope WHERE scope IS NOT NULL), a."rateLimit", a.status, NULL, NULL,
       '{}', '', NULL, NULL, NULL,
       to_char(a."createdAt", 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
       CASE WHEN a."expiresAt" < '2262-01-01'
            THEN to_char(greatest(a."expiresAt", '1970-01-01'), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
       END,
       to_char(a."lastUsedAt", 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
       NULL, NULL
  FROM public.api_keys AS a
 WHERE a.key = $2::text AND NOT a.key ^@ 'pcx:'
   AND NOT EXISTS (
       SELECT FROM pcx.apikey_gone AS g
        WHERE g.hash = ANY (ARRAY(SELECT decode(digest, 'hex') FROM unnest($1::text[]) AS digest)));
