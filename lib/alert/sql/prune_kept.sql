-- $1 environment. What is older goes: $2 lines of the outbox and silences, by their end, $3 events.
WITH lines AS (
    DELETE FROM pcx.alert_outbox
     WHERE environment = $1 AND delivery <> 'queued' AND ended_at < $2::timestamptz
), silences AS (
    DELETE FROM pcx.alert_silence
     WHERE environment = $1 AND expired_at < $2::timestamptz
)
DELETE FROM pcx.alert_event
 WHERE environment = $1 AND at < $3::timestamptz;
