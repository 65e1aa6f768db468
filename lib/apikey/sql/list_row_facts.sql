-- Of the rows of pcx's keys: what a key as it is read does not have.
SELECT a.id, a.permissions IS NOT NULL AS has_permissions,
       a.key = 'pcx:' || k.id AS holds_placeholder,
       to_char(a."createdAt", 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created_at,
       to_char(a."updatedAt", 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS updated_at
  FROM pcx.apikey AS k
  JOIN public.api_keys AS a ON a.id = k.row_id;
