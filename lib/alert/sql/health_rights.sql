-- Whether this role sees what other sessions do: without, their rows are there and empty, and would be
-- counted as nothing.
SELECT current_user::text AS role, pg_has_role(current_user, 'pg_read_all_stats', 'USAGE') AS reads_stats;
