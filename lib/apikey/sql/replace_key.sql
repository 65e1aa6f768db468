-- $1 lookup id, $2 of the new key, $3 milliseconds for which it is taken all the same.
UPDATE pcx.apikey
   SET replaced_by = $2, grace_until = clock_timestamp() + $3::bigint * interval '1 ms'
 WHERE id = $1 AND revoked_at IS NULL AND replaced_by IS NULL
RETURNING to_char(grace_until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS grace_until;
