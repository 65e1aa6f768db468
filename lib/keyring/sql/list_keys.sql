-- For suggestions, unverified.
SELECT id, purpose, format, state FROM pcx.data_key ORDER BY id DESC LIMIT 200;
