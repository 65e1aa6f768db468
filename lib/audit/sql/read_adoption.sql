-- How far the rows from before the trigger of the application's trail are adopted, since it was
-- installed: the last note of kind adopt. No row: nothing is, yet. Numbers of notes come from blocks
-- of sessions, so it is time that orders them.
SELECT details ->> 'reached'                          AS reached,
       coalesce(details -> 'done' = 'true', false)    AS done
  FROM pcx.audit_meta
 WHERE kind = 'adopt'
   AND at > coalesce((SELECT max(at) FROM pcx.audit_meta
                       WHERE kind = 'install' AND details ->> 'relation' = 'public.audit_logs'
                         AND details ->> 'deed' = 'install'), '-infinity')
 ORDER BY at DESC, seq DESC
 LIMIT 1
