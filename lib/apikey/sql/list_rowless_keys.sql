-- Keys whose row in api_keys somebody has deleted, by age: nobody can present them any more.
SELECT k.id, k.row_id, k.owner,
       to_char(k.revoked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS revoked_at
  FROM pcx.apikey AS k
 WHERE NOT EXISTS (SELECT FROM public.api_keys AS a WHERE a.id = k.row_id)
 ORDER BY k.created_at, k.id;
