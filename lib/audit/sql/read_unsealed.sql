-- What is behind $1 segment, $2 xid, $3 seq, and since when.
SELECT count(*) AS rows,
       (extract(epoch FROM clock_timestamp() - min(l.at)) * 1000)::bigint AS age_ms
  FROM pcx.ledger AS l
 WHERE (l.segment, l.xid, l.seq) > ($1::int, $2::xid8, $3::bigint)
