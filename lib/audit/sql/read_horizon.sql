-- Rows of the ledger below segment and xid may be sealed, or told: every transaction below xid has
-- ended, and nothing can appear between them any more.
SELECT pcx.audit_segment()                          AS segment,
       pg_snapshot_xmin(pg_current_snapshot())::text AS xid,
       pg_snapshot_xmax(pg_current_snapshot())::text AS xmax,
       to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS now
