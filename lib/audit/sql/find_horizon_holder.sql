-- The oldest transaction that may still write: nothing of a later one is sealed before it ends.
SELECT h.who, (extract(epoch FROM clock_timestamp() - h.since) * 1000)::bigint AS age_ms
  FROM (SELECT format('process %s, "%s" of role %s', s.pid, s.application_name, s.usename) AS who,
               s.xact_start AS since, s.backend_xid AS xid
          FROM pg_stat_activity AS s
         WHERE s.backend_xid IS NOT NULL AND s.pid <> pg_backend_pid()
         UNION ALL
        SELECT format('prepared transaction "%s" of role %s', p.gid, p.owner), p.prepared, p.transaction
          FROM pg_prepared_xacts AS p) AS h
 ORDER BY age(h.xid) DESC, h.since
 LIMIT 1
