-- $1 environment, $2 first instant (NULL: any), $3 kind ('': any), $4 labels that it has, $5 and $6
-- instant and number that it comes before (NULL: the newest), $7 rows at most.
SELECT id, number, kind, alert_id, dedup_key, labels::text AS labels, words, done_by,
       to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at
  FROM pcx.alert_event
 WHERE environment = $1
   AND ($2::timestamptz IS NULL OR at >= $2::timestamptz)
   AND ($3::text = '' OR kind = $3::text)
   AND labels @> $4::jsonb
   AND ($5::timestamptz IS NULL OR (at, number) < ($5::timestamptz, $6::bigint))
 ORDER BY at DESC, number DESC
 LIMIT $7;
