-- Of the rows of pcx's keys: what a key as it is read does not have. Times that lie before 1970 or
-- beyond 2261 (api_keys takes infinity, too) say nothing, and are NULL.
SELECT a.id, a.permissions IS NOT NULL AS has_permissions,
       a.key = 'pcx:' || k.id AS holds_placeholder,
       CASE WHEN a."createdAt" >= '1970-01-01' AND a."createdAt" < '2262-01-01'
            THEN to_char(a."createdAt", 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
       END AS created_at,
       CASE WHEN a."updatedAt" >= '1970-01-01' AND a."updatedAt" < '2262-01-01'
            THEN to_char(a."updatedAt", 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
       END AS updated_at
  FROM pcx.apikey AS k
  JOIN public.api_keys AS a ON a.id = k.row_id;
