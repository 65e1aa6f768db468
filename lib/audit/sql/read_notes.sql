-- Notes of the kinds $1, in the order of the ledger; $2 of one epoch only, NULL: of all.
SELECT e.number AS epoch, l.segment, m.xid::text AS xid, m.seq, m.kind, m.db_user,
       m.details::text AS details,
       (extract(epoch FROM CASE WHEN isfinite(m.at) THEN m.at ELSE 'epoch' END) * 1000000)::bigint AS at_us
  FROM pcx.audit_meta AS m
 CROSS JOIN pcx.audit_epoch AS e
  JOIN pcx.ledger AS l
    ON l.segment IN (2 * e.number, 2 * e.number + 1) AND l.xid = m.xid AND l.seq = m.seq AND l.at = m.at
 WHERE m.kind = ANY ($1) AND l.src = 'M' AND ($2::int IS NULL OR e.number = $2)
 ORDER BY l.segment, l.xid, l.seq
