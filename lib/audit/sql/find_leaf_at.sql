-- $1 segment, $2 xid, $3 seq: the leaf there
SELECT l.segment, l.xid::text AS xid, l.seq, l.src::text AS src, l.row_id,
       encode(l.leaf, 'hex') AS leaf
  FROM pcx.ledger AS l
 WHERE l.segment = $1 AND l.xid = $2::xid8 AND l.seq = $3
