-- What `pcx doctor` wants to know of a server: version, role, direction of replication, its clock.
SELECT current_setting('server_version')                       AS server_version,
       current_user::text                                      AS role_name,
       pg_is_in_recovery()                                     AS in_recovery,
       current_setting('default_transaction_read_only')::bool  AS read_only,
       (extract(epoch FROM clock_timestamp()) * 1000)::bigint  AS clock_ms
