-- $1 environment, $2 ids, $3 receivers, $4 dedup keys, $5 sequences, $6 actions, $7 deliveries,
-- $8 attempts, $9 queued at, $10 not before, $11 ended at ('': queued), $12 bodies. Durable as in
-- take_generation.sql: an attempt that is forgotten is made again.
INSERT INTO pcx.alert_outbox (environment, id, receiver, dedup_key, sequence, action, delivery,
                              attempts, queued_at, not_before, ended_at, body)
SELECT $1::text, id, receiver, dedup_key, sequence::bigint, action, delivery, attempts::integer,
       queued_at::timestamptz, not_before::timestamptz, nullif(ended_at, '')::timestamptz, body::json
  FROM set_config('synchronous_commit',
                  CASE current_setting('synchronous_commit')
                       WHEN 'off' THEN 'on' ELSE current_setting('synchronous_commit') END, true),
       unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
              $9::text[], $10::text[], $11::text[], $12::text[])
       AS given (id, receiver, dedup_key, sequence, action, delivery, attempts, queued_at, not_before,
                 ended_at, body)
ON CONFLICT (environment, id) DO UPDATE
   SET sequence = excluded.sequence, delivery = excluded.delivery, attempts = excluded.attempts,
       not_before = excluded.not_before, ended_at = excluded.ended_at, body = excluded.body;
