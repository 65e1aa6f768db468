-- $1 the id that was reached before, or NULL; $2 how many. Leaves for the next rows of the
-- application's trail that have none: written before its trigger was there.
WITH next AS MATERIALIZED (
    SELECT a.*, a.ctid AS place
      FROM public.audit_logs AS a
     WHERE $1::text IS NULL OR a.id > $1
     ORDER BY a.id
     LIMIT $2
), made AS (
    INSERT INTO pcx.ledger (segment, xid, seq, at, src, fmt, row_id, row_tid, leaf)
    SELECT pcx.audit_segment(), pg_current_xact_id(), nextval('pcx.audit_seq'), clock_timestamp(),
           'A', 1, n.id, n.place,
           pcx.audit_log_leaf(n.id, n."userId", n.action, n.resource, n."resourceId", n.changes,
                              n.metadata, n."ipAddress", n."userAgent", n."timestamp",
                              n."tenantId")
      FROM next AS n
     WHERE NOT EXISTS (SELECT FROM pcx.ledger AS l WHERE l.row_id = n.id AND l.src = 'A')
    RETURNING 1
)
SELECT (SELECT max(id) FROM next)      AS reached,
       (SELECT count(*) FROM next)     AS read,
       (SELECT count(*) FROM made)     AS adopted
