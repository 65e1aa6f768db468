-- $1 lookup id, $2 of the new key, $3 until when it is taken all the same.
UPDATE pcx.apikey
   SET replaced_by = $2, grace_until = $3::timestamptz
 WHERE id = $1 AND revoked_at IS NULL AND replaced_by IS NULL;
