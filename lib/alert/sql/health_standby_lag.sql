-- Behind this server, by application_name; the worst of several with one name. Who has everything is not
-- behind, whatever the last measured time was: an idle server sends nothing to measure by. Base backups are no
-- standbys; pg_receivewal replays nothing.
SELECT r.application_name AS standby,
       max(pg_wal_lsn_diff(here.position, seen.position))::float8 AS replication_lag_bytes,
       max(CASE WHEN seen.position >= here.position THEN 0
                ELSE extract(epoch FROM coalesce(r.replay_lag, r.flush_lag)) END)::float8
           AS replication_lag_seconds
  FROM (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn()
                    ELSE pg_current_wal_lsn() END) AS here (position)
 CROSS JOIN pg_stat_replication AS r
 CROSS JOIN LATERAL (SELECT coalesce(r.replay_lsn, r.flush_lsn, r.write_lsn, r.sent_lsn)) AS seen (position)
 WHERE r.state <> 'backup'
 GROUP BY r.application_name
 ORDER BY r.application_name;
