-- A deed that is about to be done outside a transaction: no outcome yet.
INSERT INTO pcx.journal
       (run_id, os_user, host, action, object, details, reason, command_line)
VALUES (nullif($1, '')::uuid, $2, $3, $4, $5, $6::jsonb, nullif($7, ''), $8)
RETURNING id;
