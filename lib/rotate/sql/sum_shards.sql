-- $1 rotation.
SELECT count(*)::int AS shards, count(*) FILTER (WHERE next_block < block_to)::int AS open,
       coalesce(sum(next_block - block_from), 0)::bigint AS blocks_done,
       coalesce(sum(block_to - block_from), 0)::bigint AS blocks,
       coalesce(sum(rows_read), 0)::bigint AS rows_read,
       coalesce(sum(rows_written), 0)::bigint AS rows_written,
       coalesce(sum(misses), 0)::bigint AS misses, coalesce(sum(seals), 0)::bigint AS seals
  FROM pcx.rotation_shard
 WHERE rotation_id = $1;
