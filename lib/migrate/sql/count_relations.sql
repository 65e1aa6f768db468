-- $1 oids as text. How many of them are relations still.
SELECT count(*)::int AS n FROM pg_catalog.pg_class WHERE oid = ANY ($1::text[]::oid[]);
