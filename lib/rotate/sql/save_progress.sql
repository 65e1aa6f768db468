-- $1 the shard, $2 its next page, $3 rows read, $4 written, $5 misses, $6 seals.
UPDATE pcx.rotation_shard
   SET next_block = $2, rows_read = rows_read + $3, rows_written = rows_written + $4,
       misses = misses + $5, seals = seals + $6, updated_at = pg_catalog.clock_timestamp()
 WHERE id = $1;
