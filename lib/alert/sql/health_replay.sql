-- This server, where it is a standby; no row where it is none. It has replayed all that it received: then it
-- is not behind, however long ago the last transaction was. Whether it receives anything says the receiver. The
-- time is not known before the first transaction since its start.
SELECT EXISTS (SELECT FROM pg_stat_wal_receiver AS w WHERE w.status = 'streaming')::int::float8
           AS wal_receiver_up,
       coalesce(pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn()), 0)::float8
           AS replay_lag_bytes,
       CASE WHEN pg_last_wal_replay_lsn() >= pg_last_wal_receive_lsn() THEN 0
            ELSE extract(epoch FROM clock_timestamp() - pg_last_xact_replay_timestamp()) END::float8
           AS replay_lag_seconds
 WHERE pg_is_in_recovery();
