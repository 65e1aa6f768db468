-- $1 lookup ids, $2 by whom, $3 why. Those that are revoked already stay as they are.
WITH revoked AS (
    UPDATE pcx.apikey
       SET revoked_at = clock_timestamp(), revoked_by = $2, revoke_reason = $3
     WHERE id = ANY ($1::text[]) AND revoked_at IS NULL
    RETURNING id, row_id
), theirs AS (
    UPDATE public.api_keys AS a
       SET status = 'revoked', "updatedAt" = clock_timestamp() AT TIME ZONE 'UTC'
      FROM revoked
     WHERE a.id = revoked.row_id
)
SELECT id FROM revoked ORDER BY id;
