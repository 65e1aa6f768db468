-- $1 and $2 where a month begins and ends: where in each tree its captured changes are. Looked for by
-- their leaves in the tiles of the batches that they were sealed in: leaves that are not there, or in
-- another order, are not what was sealed.
--
-- Leaves up to the highest one that an earlier month's note speaks of (transactions at midnight write in
-- both) are told one by one, so that each dropped leaf belongs to one note.
WITH gone AS MATERIALIZED (
    SELECT l.segment / 2 AS epoch, l.leaf,
           pg_catalog.row_number() OVER (PARTITION BY l.segment / 2
                                         ORDER BY l.segment, l.xid, l.seq) AS number,
           l.segment, l.xid, l.seq
      FROM pcx.ledger AS l
     WHERE l.at >= $1::timestamptz AND l.at < $2::timestamptz AND l.src = 'C'
), ends AS (
    SELECT g.epoch, pg_catalog.count(*) AS leaves FROM gone AS g GROUP BY g.epoch
), batch AS (
    SELECT e.epoch, e.leaves,
           (SELECT k.first_size FROM pcx.checkpoint AS k
             WHERE k.epoch = e.epoch
               AND (k.last_segment, k.last_xid, k.last_seq) >= (first.segment, first.xid, first.seq)
             ORDER BY k.size, k.sealed_at LIMIT 1) AS begins,
           (SELECT k.size FROM pcx.checkpoint AS k
             WHERE k.epoch = e.epoch
               AND (k.last_segment, k.last_xid, k.last_seq) >= (last.segment, last.xid, last.seq)
             ORDER BY k.size, k.sealed_at LIMIT 1) AS ends,
           coalesce((SELECT pg_catalog.max((m.details ->> 'to_index')::bigint) FROM pcx.audit_meta AS m
                      WHERE m.kind = 'retain'
                        AND (m.details ->> 'epoch')::integer = e.epoch), -1) AS told
      FROM ends AS e
      JOIN gone AS first ON first.epoch = e.epoch AND first.number = 1
      JOIN gone AS last ON last.epoch = e.epoch AND last.number = e.leaves
), sealed AS MATERIALIZED (
    SELECT b.epoch, t.number * 256 + i AS place,
           pg_catalog.substr(t.hashes, (i * 32 + 1)::integer, 32) AS leaf
      FROM batch AS b
      JOIN pcx.tile AS t ON t.epoch = b.epoch AND t.level = 0
                        AND t.number BETWEEN b.begins / 256 AND (b.ends - 1) / 256
     CROSS JOIN LATERAL pg_catalog.generate_series(
               0::bigint, pg_catalog.octet_length(t.hashes) / 32 - 1) AS i
     WHERE t.number * 256 + i >= b.begins AND t.number * 256 + i < b.ends
), found AS (
    SELECT g.epoch, g.leaf, s.place,
           s.place > pg_catalog.lag(s.place) OVER (PARTITION BY g.epoch ORDER BY g.number) AS in_order
      FROM gone AS g
      LEFT JOIN sealed AS s ON s.epoch = g.epoch AND s.leaf = g.leaf
)
SELECT b.epoch, b.leaves,
       (SELECT e.origin FROM pcx.audit_epoch AS e WHERE e.number = b.epoch) AS origin,
       pg_catalog.count(f.place) = b.leaves AND pg_catalog.count(*) = b.leaves
         AND pg_catalog.bool_and(coalesce(f.in_order, true)) AS is_sealed,
       coalesce(pg_catalog.min(f.place) FILTER (WHERE f.place > b.told), b.told + 1) AS from_index,
       coalesce(pg_catalog.max(f.place) FILTER (WHERE f.place > b.told), b.told) AS to_index,
       coalesce(pg_catalog.array_agg(f.place::text ORDER BY f.place) FILTER (WHERE f.place <= b.told),
                '{}') AS before,
       pg_catalog.encode(pg_catalog.sha256(
           coalesce(pg_catalog.string_agg(f.leaf, ''::bytea ORDER BY f.place), '')), 'hex') AS digest
  FROM batch AS b JOIN found AS f ON f.epoch = b.epoch
 GROUP BY b.epoch, b.leaves, b.told
 ORDER BY b.epoch;
