-- $1 segment, $2 xid, $3 seq
SELECT segment, xid::text AS xid, seq, src::text AS src, row_id, encode(leaf, 'hex') AS leaf
  FROM pcx.ledger AS l
 WHERE l.segment = $1 AND l.xid = $2::xid8 AND l.seq = $3
