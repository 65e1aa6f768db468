-- $1 the key that becomes the active one: ends the rotation to another. Its seals are those that its
-- shards know of.
WITH ended AS (
    UPDATE pcx.rotation SET finished_at = pg_catalog.clock_timestamp(), outcome = 'superseded'
     WHERE finished_at IS NULL AND target_key <> $1
    RETURNING id, target_key
)
SELECT e.id, e.target_key,
       (SELECT coalesce(sum(s.seals), 0) FROM pcx.rotation_shard s
         WHERE s.rotation_id = e.id)::bigint AS seals
  FROM ended e;
