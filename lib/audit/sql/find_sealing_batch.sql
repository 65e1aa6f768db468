-- The checkpoint that sealed a row of the ledger, and how many rows of it come before: $1 segment, $2 xid,
-- $3 seq. No row: it is not sealed.
SELECT c.epoch, c.first_size, c.size,
       (SELECT count(*)
          FROM pcx.ledger AS l
         WHERE l.segment IN (2 * c.epoch, 2 * c.epoch + 1)
           AND (l.segment, l.xid, l.seq) < ($1::int, $2::xid8, $3::bigint)
           AND (p.last_segment IS NULL
                OR (l.segment, l.xid, l.seq) > (p.last_segment, p.last_xid, p.last_seq))) AS before
  FROM (SELECT * FROM pcx.checkpoint AS k
         WHERE k.epoch = $1 / 2
           AND (k.last_segment, k.last_xid, k.last_seq) >= ($1::int, $2::xid8, $3::bigint)
         ORDER BY k.size, k.sealed_at
         LIMIT 1) AS c
  LEFT JOIN LATERAL
       (SELECT * FROM pcx.checkpoint AS k
         WHERE k.epoch = c.epoch AND k.size <= c.first_size AND k.size < c.size
         ORDER BY k.size DESC, k.sealed_at DESC
         LIMIT 1) AS p ON true
