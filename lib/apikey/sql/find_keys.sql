-- $1 lookup ids; NULL: all keys. Times of api_keys are naive, and UTC: Prisma writes them so. Who
-- expires in the year 9999 or at infinity never does; what lies before 1970 is over. A key stays
-- known when its row is gone, with status ''. Its last use is what either table has: the application's
-- column is passed over while somebody has the row locked. The newest day has the newest use.
SELECT k.id, k.row_id, a.id IS NOT NULL AS has_row, k.kind, encode(k.hash, 'hex') AS hash, k.pepper,
       coalesce(a.name, '(row is gone)') AS name,
       ARRAY(SELECT scope FROM unnest(a.permissions) AS scope WHERE scope IS NOT NULL) AS scopes,
       a."rateLimit" AS rate, coalesce(a.status, '') AS status, k.owner, k.tenant,
       k.cidrs::text[] AS cidrs, k.created_by, k.revoked_by, k.revoke_reason, k.replaced_by,
       to_char(k.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created_at,
       to_char(CASE WHEN k.kind = 'adopted' THEN least(a."createdAt", k.created_at AT TIME ZONE 'UTC')
                    ELSE k.created_at AT TIME ZONE 'UTC' END,
               'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS made_at,
       CASE WHEN a."expiresAt" < '2262-01-01'
            THEN to_char(greatest(a."expiresAt", '1970-01-01'), 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
       END AS expires_at,
       to_char(greatest(a."lastUsedAt", u.last_used_at AT TIME ZONE 'UTC'),
               'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS last_used_at,
       to_char(k.revoked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS revoked_at,
       to_char(k.grace_until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS grace_until
  FROM pcx.apikey AS k
  LEFT JOIN public.api_keys AS a ON a.id = k.row_id
  LEFT JOIN LATERAL (SELECT last_used_at
                       FROM pcx.apikey_usage
                      WHERE key_id = k.id AND last_used_at IS NOT NULL
                      ORDER BY day DESC
                      LIMIT 1) AS u ON true
 WHERE $1::text[] IS NULL OR k.id = ANY ($1::text[])
 ORDER BY k.created_at, k.id;
