-- What became of a transaction: committed, aborted, in progress; NULL when it is too long ago.
-- $1 its number, as of pg_current_xact_id().
SELECT pg_catalog.pg_xact_status($1::pg_catalog.xid8) AS status;
