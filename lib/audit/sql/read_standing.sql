-- The last note of these kinds about each table: what became of its auditing, why and when. Numbers
-- of notes come from blocks of sessions, so it is time that orders them.
SELECT DISTINCT ON (details ->> 'relation')
       details ->> 'relation' AS relation, kind, details ->> 'reason' AS reason,
       (extract(epoch FROM at) * 1000000)::bigint AS at_us
  FROM pcx.audit_meta
 WHERE kind IN ('install', 'uninstall', 'pause', 'resume') AND details ? 'relation'
 ORDER BY details ->> 'relation', at DESC, seq DESC
