-- The transaction this session is in; NULL when it has no number.
SELECT pg_catalog.pg_current_xact_id_if_assigned()::text AS transaction_id;
