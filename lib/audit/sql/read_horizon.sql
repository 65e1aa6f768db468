-- Every transaction below it has ended.
SELECT pcx.audit_segment() AS segment, pg_snapshot_xmin(pg_current_snapshot())::text AS xid
