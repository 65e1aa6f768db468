-- A slot that was never used retains nothing.
SELECT s.slot_name::text AS slot, s.active::int::float8 AS slot_active,
       coalesce(pg_wal_lsn_diff(here.position, s.restart_lsn), 0)::float8 AS slot_retained_bytes
  FROM (SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                    ELSE pg_current_wal_lsn() END) AS here (position)
 CROSS JOIN pg_replication_slots AS s
 WHERE NOT s.temporary
 ORDER BY s.slot_name;
