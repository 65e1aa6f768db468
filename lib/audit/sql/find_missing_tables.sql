-- Which of the trail's tables are not there, and how many there ought to be. By the catalogue: whoever
-- may not use schema pcx gets an answer, too.
SELECT coalesce(array_agg('pcx.' || w.name ORDER BY w.name) FILTER (WHERE c.oid IS NULL), '{}') AS missing,
       count(*) = count(*) FILTER (WHERE c.oid IS NULL) AS is_all
  FROM unnest(ARRAY['audit_digest_key', 'audit_epoch', 'audit_lost', 'audit_meta', 'audit_pass',
                    'audit_table', 'change', 'checkpoint', 'ledger', 'legal_hold', 'tile']) AS w (name)
  LEFT JOIN pg_catalog.pg_class AS c
    ON c.relname = w.name AND c.relnamespace = pg_catalog.to_regnamespace('pcx') AND c.relkind IN ('r', 'p')
