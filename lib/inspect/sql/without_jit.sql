-- For this transaction: compiling a statement of hundreds of short conditions takes longer than a
-- sample, and as long as a million rows.
SELECT pg_catalog.set_config('jit', 'off', true);
