UPDATE pcx.journal
   SET outcome = $2, finished_at = clock_timestamp()
 WHERE id = $1::bigint
   AND finished_at IS NULL;
