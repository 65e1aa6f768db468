-- $1 to $3 place behind which it begins, $4 how many rows: the last of them below the horizon, and
-- how many there are.
SELECT segment, xid::text AS xid, seq, count(*) OVER () AS rows
  FROM (SELECT l.segment, l.xid, l.seq
          FROM pcx.ledger AS l
         WHERE (l.segment, l.xid, l.seq) > ($1, $2::xid8, $3)
           AND (l.segment, l.xid) < (pcx.audit_segment(), pg_snapshot_xmin(pg_current_snapshot()))
         ORDER BY l.segment, l.xid, l.seq
         LIMIT $4) AS batch
 ORDER BY batch.segment DESC, batch.xid DESC, batch.seq DESC
 LIMIT 1
