-- $1 rotation. In the order of their pages.
SELECT id FROM pcx.rotation_shard
 WHERE rotation_id = $1 AND next_block < block_to
 ORDER BY relation, block_from;
