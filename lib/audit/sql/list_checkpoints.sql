-- $1 to $3 epoch, size and time of the last one that was seen; $4 how many.
SELECT epoch, size, to_char(sealed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS sealed_at,
       first_size, last_segment, last_xid::text AS last_xid, last_seq, max_seq, note
  FROM pcx.checkpoint AS c
 WHERE (c.epoch, c.size, c.sealed_at) > ($1, $2, $3::timestamptz)
 ORDER BY c.epoch, c.size, c.sealed_at
 LIMIT $4
