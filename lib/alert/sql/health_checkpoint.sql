-- An idle server makes no checkpoints. With less than a page of log since the last one there is nothing to
-- write down.
SELECT CASE WHEN pg_wal_lsn_diff(CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                                      ELSE pg_current_wal_lsn() END, c.checkpoint_lsn) < 8192 THEN 0
            ELSE extract(epoch FROM clock_timestamp() - c.checkpoint_time) END::float8
           AS checkpoint_age_seconds
  FROM pg_control_checkpoint() AS c;
