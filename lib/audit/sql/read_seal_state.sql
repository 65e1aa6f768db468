-- The newest checkpoint, and what no tree has yet; NULLs before the first one.
WITH newest AS MATERIALIZED (
    SELECT epoch, size, sealed_at, last_segment, last_xid, last_seq
      FROM pcx.checkpoint
     ORDER BY epoch DESC, size DESC, sealed_at DESC
     LIMIT 1
)
SELECT (SELECT epoch FROM newest) AS epoch,
       (SELECT size FROM newest)  AS size,
       (SELECT (extract(epoch FROM sealed_at) * 1000000)::bigint FROM newest) AS sealed_us,
       count(*)                   AS unsealed,
       (extract(epoch FROM min(at)) * 1000000)::bigint AS oldest_us
  FROM pcx.ledger
 WHERE (segment, xid, seq) > (coalesce((SELECT last_segment FROM newest), 0),
                              coalesce((SELECT last_xid FROM newest), '0'),
                              coalesce((SELECT last_seq FROM newest), 0))
