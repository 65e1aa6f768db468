-- A deed done in this very transaction: it is over when the transaction is committed. Without
-- RETURNING it wants the right to INSERT and no other.
INSERT INTO pcx.journal
       (run_id, os_user, host, action, object, details, reason, command_line, outcome, finished_at)
VALUES (nullif($1, '')::uuid, $2, $3, $4, $5, $6::jsonb, nullif($7, ''), $8, 'done',
        clock_timestamp())
