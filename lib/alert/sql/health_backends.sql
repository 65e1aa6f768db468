-- Clients only: background processes and walsenders have slots of their own. What is reserved for superusers
-- nobody else can use. The view pg_stat_activity joins names that nobody asks for, and each new session plans
-- that anew.
SELECT count(*)::float8 AS backends,
       count(*)::float8 / (current_setting('max_connections')::float8
                           - current_setting('superuser_reserved_connections')::float8
                           - coalesce(current_setting('reserved_connections', true)::float8, 0))
           AS backends_ratio
  FROM pg_stat_get_activity(NULL) AS a
 WHERE a.backend_type = 'client backend';
