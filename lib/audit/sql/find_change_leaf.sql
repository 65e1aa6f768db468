-- The leaf of the captured change at segment $1, transaction $2, seq $3.
SELECT l.segment, l.xid::text AS xid, l.seq, l.at, encode(l.leaf, 'hex') AS leaf
  FROM pcx.ledger AS l
 WHERE l.segment = $1 AND l.xid = $2::xid8 AND l.seq = $3 AND l.src = 'C';
