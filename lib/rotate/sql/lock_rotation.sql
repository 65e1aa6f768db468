-- $1 rotation: one that is not finished, and stays so until the transaction ends.
SELECT id FROM pcx.rotation WHERE id = $1 AND finished_at IS NULL FOR SHARE;
