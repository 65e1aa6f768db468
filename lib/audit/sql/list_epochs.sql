SELECT number, origin, system_identifier, timeline, database_oid
  FROM pcx.audit_epoch
 ORDER BY number
