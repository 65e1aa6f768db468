-- The server takes no new transactions when 3,000,000 numbers are left (varsup.c, multixact.c); databases
-- that nobody can connect to age like others.
SELECT d.datname::text AS "database",
       greatest(age(d.datfrozenxid), mxid_age(d.datminmxid))::float8 / (2147483648 - 3000000)
           AS wraparound_ratio,
       greatest(age(d.datfrozenxid)::float8 / current_setting('autovacuum_freeze_max_age')::float8,
                mxid_age(d.datminmxid)::float8
                    / current_setting('autovacuum_multixact_freeze_max_age')::float8)
           AS freeze_age_ratio
  FROM pg_database AS d
 ORDER BY d.datname;
