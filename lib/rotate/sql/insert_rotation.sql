-- $1 key, $2 mode, $3 what becomes of plaintext. No row: the key is not the active one any more. It
-- stays so until the transaction ends.
WITH target AS (
    SELECT id FROM pcx.data_key WHERE id = $1 AND state = 'active' FOR SHARE
)
INSERT INTO pcx.rotation (target_key, mode, plaintext)
SELECT id, $2, $3 FROM target
RETURNING id;
