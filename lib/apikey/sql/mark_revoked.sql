-- $1 lookup ids: the application's table says so too, where they are revoked and nobody has their row
-- locked. Those are returned whose row says something else still.
WITH free AS (
    SELECT a.id
      FROM pcx.apikey AS k
      JOIN public.api_keys AS a ON a.id = k.row_id
     WHERE k.id = ANY ($1::text[]) AND k.revoked_at IS NOT NULL AND a.status <> 'revoked'
     ORDER BY a.id
       FOR NO KEY UPDATE OF a SKIP LOCKED
), marked AS (
    UPDATE public.api_keys AS a
       SET status = 'revoked', "updatedAt" = clock_timestamp() AT TIME ZONE 'UTC'
      FROM free
     WHERE a.id = free.id
    RETURNING a.id
)
SELECT k.id
  FROM pcx.apikey AS k
  JOIN public.api_keys AS a ON a.id = k.row_id
 WHERE k.id = ANY ($1::text[]) AND k.revoked_at IS NOT NULL AND a.status <> 'revoked'
   AND NOT EXISTS (SELECT FROM marked WHERE marked.id = a.id)
 ORDER BY k.id;
