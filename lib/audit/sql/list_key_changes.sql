-- Notes that may tell of a change of keys, the oldest first.
SELECT note
  FROM pcx.checkpoint
 WHERE position('pcx1-key ' IN note) > 0
 ORDER BY epoch, size, sealed_at
