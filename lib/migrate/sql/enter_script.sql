-- Prepares a transaction for a foreign script: its schema first in the search_path, as Prisma sets
-- it. Also gives the transaction its number, by which its end is noticed. $1 search_path.
SELECT pg_catalog.set_config('search_path', $1, true) AS search_path,
       pg_catalog.pg_current_xact_id()::text AS transaction_id;
