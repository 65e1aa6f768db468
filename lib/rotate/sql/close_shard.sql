-- $1 a shard of a table that is not there any more: nothing of it is to be done.
UPDATE pcx.rotation_shard
   SET next_block = block_to, updated_at = pg_catalog.clock_timestamp()
 WHERE id = $1;
