-- Whose lock this session holds. $1 the shard, $2 the worker. No row: somebody finished it meanwhile.
WITH free AS (
    SELECT id FROM pcx.rotation_shard
     WHERE id = $1 AND next_block < block_to
       FOR UPDATE SKIP LOCKED
)
UPDATE pcx.rotation_shard s
   SET worker = $2, updated_at = pg_catalog.clock_timestamp()
  FROM free
 WHERE s.id = free.id
RETURNING s.relation, s.next_block, s.block_to;
