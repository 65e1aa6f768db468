-- $1 how many rows to count at most. The newest checkpoint, and what no tree has yet; NULLs before the
-- first one. The oldest is the oldest of those that are counted, which are the next ones to be sealed.
WITH newest AS MATERIALIZED (
    SELECT epoch, size, sealed_at, last_segment, last_xid, last_seq
      FROM pcx.checkpoint
     ORDER BY epoch DESC, size DESC, sealed_at DESC
     LIMIT 1
), unsealed AS (
    SELECT l.at
      FROM pcx.ledger AS l
     WHERE (l.segment, l.xid, l.seq) > (coalesce((SELECT last_segment FROM newest), 0),
                                        coalesce((SELECT last_xid FROM newest), '0'),
                                        coalesce((SELECT last_seq FROM newest), 0))
     ORDER BY l.segment, l.xid, l.seq
     LIMIT $1
)
SELECT (SELECT epoch FROM newest) AS epoch,
       (SELECT size FROM newest)  AS size,
       (SELECT (extract(epoch FROM sealed_at) * 1000000)::bigint FROM newest) AS sealed_us,
       count(*)                   AS unsealed,
       (extract(epoch FROM min(at)) * 1000000)::bigint AS oldest_us
  FROM unsealed
