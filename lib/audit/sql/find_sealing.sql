-- The checkpoint that sealed the ledger's row at segment $1, transaction $2, seq $3. What it says is
-- in its note; these are the columns by which it is found.
SELECT c.epoch, c.size, c.first_size, c.sealed_at
  FROM pcx.checkpoint AS c
 WHERE c.epoch = $1::integer / 2
   AND (c.last_segment, c.last_xid, c.last_seq) >= ($1::integer, $2::xid8, $3::bigint)
   AND c.size > c.first_size
 ORDER BY c.size, c.sealed_at
 LIMIT 1;
