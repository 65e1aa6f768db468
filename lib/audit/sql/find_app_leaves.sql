-- Leaves of the application's row $1, the one that counts first: later ones are of rotations of keys.
SELECT l.segment, l.xid::text AS xid, l.seq, l.at, encode(l.leaf, 'hex') AS leaf
  FROM pcx.ledger AS l
 WHERE l.row_id = $1 AND l.src = 'A'
 ORDER BY l.segment DESC, l.xid DESC, l.seq DESC;
