-- Each tree that has leaves, with its newest checkpoint.
SELECT c.epoch, c.size, c.last_segment, c.last_xid::text AS last_xid, c.last_seq, c.note
  FROM pcx.audit_epoch AS e
 CROSS JOIN LATERAL (SELECT *
                       FROM pcx.checkpoint AS n
                      WHERE n.epoch = e.number
                      ORDER BY n.size DESC, n.sealed_at DESC
                      LIMIT 1) AS c
 WHERE c.size > 0
 ORDER BY c.epoch
