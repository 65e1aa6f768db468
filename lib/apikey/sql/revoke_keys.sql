-- $1 lookup ids, $2 by whom, $3 why. Those that are revoked already stay as they are. In order, so
-- that two who revoke the same keys do not wait for each other; api_keys, which others may have
-- locked for long, is left to mark_revoked.sql.
WITH locked AS (
    SELECT id
      FROM pcx.apikey
     WHERE id = ANY ($1::text[]) AND revoked_at IS NULL
     ORDER BY id
       FOR NO KEY UPDATE
), revoked AS (
    UPDATE pcx.apikey AS k
       SET revoked_at = clock_timestamp(), revoked_by = $2, revoke_reason = $3
      FROM locked
     WHERE k.id = locked.id
    RETURNING k.id
)
SELECT id FROM revoked ORDER BY id;
