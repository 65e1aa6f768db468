-- $1 to $3 place of the last leaf.
SELECT count(*) AS count FROM pcx.ledger WHERE (segment, xid, seq) > ($1, $2::xid8, $3)
