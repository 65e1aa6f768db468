-- $1 environment, $2 and $3 first and last instant (NULL: any), $4 kind ('': any), $5 labels that it
-- has, $6 and $7 instant and number that it comes before (NULL: the newest), $8 rows at most.
SELECT id, number, kind, alert_id, dedup_key, labels::text AS labels, words, done_by,
       to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at
  FROM pcx.alert_event
 WHERE environment = $1
   AND ($2::timestamptz IS NULL OR at >= $2::timestamptz)
   AND ($3::timestamptz IS NULL OR at <= $3::timestamptz)
   AND ($4::text = '' OR kind = $4::text)
   AND labels @> $5::jsonb
   AND ($6::timestamptz IS NULL OR (at, number) < ($6::timestamptz, $7::bigint))
 ORDER BY at DESC, number DESC
 LIMIT $8;
