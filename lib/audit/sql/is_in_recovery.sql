SELECT pg_is_in_recovery() AS is_standby
