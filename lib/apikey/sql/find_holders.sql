-- Who has locked one of the keys $1 (lookup ids), or its row: their transaction is in that, unless
-- there are several.
SELECT DISTINCT l.pid, s.usename AS role, s.application_name AS application
  FROM pcx.apikey AS k
  LEFT JOIN public.api_keys AS a ON a.id = k.row_id
  JOIN pg_catalog.pg_locks AS l
    ON l.locktype = 'transactionid' AND l.granted AND l.transactionid IN (k.xmax, a.xmax)
  JOIN pg_catalog.pg_stat_activity AS s ON s.pid = l.pid
 WHERE k.id = ANY ($1::text[]) AND l.pid <> pg_catalog.pg_backend_pid()
 ORDER BY l.pid;
