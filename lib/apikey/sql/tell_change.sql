-- $1 lookup id, or * for more than a notification holds.
SELECT pg_catalog.pg_notify('pcx_apikey', $1);
