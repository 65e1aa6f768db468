-- $1 epoch; NULL: of all. No row before the first seal.
SELECT epoch, size, to_char(sealed_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS sealed_at,
       first_size, last_segment, last_xid::text AS last_xid, last_seq, max_seq, note
  FROM pcx.checkpoint
 WHERE $1::int IS NULL OR epoch = $1
 ORDER BY pcx.checkpoint.epoch DESC, pcx.checkpoint.size DESC, pcx.checkpoint.sealed_at DESC
 LIMIT 1
