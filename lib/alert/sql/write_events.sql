-- $1 environment, $2 ids, $3 times, $4 kinds, $5 alerts, $6 dedup keys, $7 labels, $8 words, $9 who
-- did it ('' is NULL in $5, $6 and $9). One that is there stays as it is. The order of the arrays is
-- that of one instant.
INSERT INTO pcx.alert_event (environment, id, at, kind, alert_id, dedup_key, labels, words, done_by)
SELECT $1::text, id, at::timestamptz, kind, nullif(alert_id, ''), nullif(dedup_key, ''),
       labels::jsonb, words, nullif(done_by, '')
  FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
              $9::text[])
       WITH ORDINALITY
       AS given (id, at, kind, alert_id, dedup_key, labels, words, done_by, place)
 ORDER BY place
ON CONFLICT (environment, id) DO NOTHING;
