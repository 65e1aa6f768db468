-- $1 lookup id, $2 of the new key, $3 milliseconds for which it is taken all the same; 0: it is revoked
-- by whoever made the new one, whatever the clocks of verifiers say.
UPDATE pcx.apikey
   SET replaced_by = $2, grace_until = clock_timestamp() + $3::bigint * interval '1 ms',
       revoked_at = CASE WHEN $3::bigint = 0 THEN clock_timestamp() END,
       revoked_by = CASE WHEN $3::bigint = 0
                         THEN (SELECT n.created_by FROM pcx.apikey AS n WHERE n.id = $2) END,
       revoke_reason = CASE WHEN $3::bigint = 0 THEN 'rotated' END
 WHERE id = $1 AND revoked_at IS NULL AND replaced_by IS NULL
RETURNING to_char(grace_until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS grace_until;
