-- $1 numbers of transactions: whether one of them is still under way.
SELECT EXISTS (SELECT 1 FROM pg_catalog.pg_locks
                WHERE locktype = 'virtualxid' AND virtualtransaction = ANY ($1::text[])) AS found;
