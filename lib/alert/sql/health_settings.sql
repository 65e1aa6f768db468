-- The checksum is a number that a double holds exactly, of all settings but those that a session has of its
-- own: another number means that somebody changed one. Compare it with the number that was there.
-- What was given on the command line a restart would not change, though the server says so of each that
-- differs in a file.
SELECT count(*) FILTER (WHERE s.pending_restart AND s.source <> 'command line')::float8
           AS settings_pending_restart,
       ('x' || left(md5(string_agg(s.name || '=' || coalesce(s.setting, ''), E'\n' ORDER BY s.name COLLATE "C")
                            FILTER (WHERE s.source NOT IN ('session', 'client', 'override')
                                      AND s.context <> 'internal'
                                      AND s.name NOT LIKE 'transaction\_%')), 12))::bit(48)::bigint::float8
           AS settings_checksum,
       extract(epoch FROM clock_timestamp() - pg_conf_load_time())::float8 AS settings_age_seconds
  FROM pg_settings AS s;
