-- Cuts a heap into shards. $1 rotation, $2 oid of the heap, $3 its pages, $4 pages of a shard.
INSERT INTO pcx.rotation_shard (rotation_id, relation, block_from, block_to, next_block)
SELECT $1, $2, f, least(f + $4, $3), f
  FROM pg_catalog.generate_series(0, $3::bigint - 1, $4::bigint) AS f;
