-- $1 epoch, $2 leaves that are before it, $3 to $5 place of a row: the leaves among which it is.
SELECT first_size, size
  FROM pcx.checkpoint
 WHERE epoch = $1 AND size > $2 AND (last_segment, last_xid, last_seq) >= ($3, $4::xid8, $5)
 ORDER BY pcx.checkpoint.epoch, pcx.checkpoint.size, pcx.checkpoint.sealed_at
 LIMIT 1
