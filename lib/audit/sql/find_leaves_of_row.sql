-- Leaves of the row $1 of audit_logs, the one that counts first: later ones are of rotations of keys.
SELECT l.segment, l.xid::text AS xid, l.seq, l.src::text AS src, l.row_id,
       encode(l.leaf, 'hex') AS leaf
  FROM pcx.ledger AS l
 WHERE l.row_id = $1 AND l.src = 'A'
 ORDER BY l.segment DESC, l.xid DESC, l.seq DESC
