-- $1 origin, $2 system identifier, $3 timeline, $4 database, $5 the last checkpoint's note, or NULL
SELECT pcx.audit_open_epoch($1, $2, $3, $4, $5) AS number
