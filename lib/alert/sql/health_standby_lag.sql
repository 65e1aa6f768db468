-- Behind this server, by application_name; the worst of several with one name. Who has everything is not
-- behind, whatever the last measured time was: an idle server sends nothing to measure by. Base backups are no
-- standbys; pg_receivewal replays nothing.
SELECT a.application_name AS standby,
       max(pg_wal_lsn_diff(here.position, seen.position))::float8 AS replication_lag_bytes,
       max(CASE WHEN seen.position >= here.position THEN 0
                ELSE extract(epoch FROM coalesce(r.replay_lag, r.flush_lag)) END)::float8
           AS replication_lag_seconds
  FROM (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_receive_lsn()
                    ELSE pg_current_wal_lsn() END) AS here (position)
 CROSS JOIN pg_stat_get_wal_senders() AS r
  JOIN pg_stat_get_activity(NULL) AS a ON a.pid = r.pid
 CROSS JOIN LATERAL (SELECT coalesce(r.replay_lsn, r.flush_lsn, r.write_lsn, r.sent_lsn)) AS seen (position)
 WHERE r.state <> 'backup'
 GROUP BY a.application_name
 ORDER BY a.application_name;
