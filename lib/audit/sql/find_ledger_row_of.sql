-- Of $1, an id of audit_logs: the newest row, which is the one that counts.
SELECT segment, xid::text AS xid, seq, src::text AS src, row_id, encode(leaf, 'hex') AS leaf
  FROM pcx.ledger AS l
 WHERE l.row_id = $1
 ORDER BY l.segment DESC, l.xid DESC, l.seq DESC
 LIMIT 1
