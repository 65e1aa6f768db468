-- $1 and $2 segment and transaction of the horizon, $3 how many rows: the one before the last $3 below
-- it; no row when there are not as many.
SELECT segment, xid::text AS xid, seq
  FROM pcx.ledger
 WHERE (segment, xid) < ($1, $2::xid8)
 ORDER BY pcx.ledger.segment DESC, pcx.ledger.xid DESC, pcx.ledger.seq DESC
OFFSET $3
 LIMIT 1
