-- Months after this one that have partitions of their own, without a gap; and whether something
-- fell into the default ones.
SELECT (SELECT coalesce(min(n), 25) - 1
          FROM generate_series(1, 24) AS n,
               to_char((clock_timestamp() AT TIME ZONE 'UTC') + make_interval(months => n), '_YYYYMM')
                   AS suffix
         WHERE to_regclass('pcx.change' || suffix) IS NULL
            OR to_regclass('pcx.ledger' || suffix) IS NULL)    AS ahead,
       EXISTS (SELECT FROM pcx.change_default)
           OR EXISTS (SELECT FROM pcx.ledger_default)          AS late
