-- The tree that is added to; no row before the trail is installed.
SELECT number, origin, system_identifier, timeline, database_oid
  FROM pcx.audit_epoch
 ORDER BY number DESC
 LIMIT 1
