-- Whose transaction numbers these are. The timeline is that of what is written now: the control
-- file has it only after the first checkpoint behind a recovery.
SELECT system_identifier::text                                        AS system_identifier,
       ('x' || left(pg_walfile_name(pg_current_wal_insert_lsn()), 8))::bit(32)::int AS timeline,
       (SELECT oid::bigint FROM pg_database WHERE datname = current_database())     AS database_oid
  FROM pg_control_system()
