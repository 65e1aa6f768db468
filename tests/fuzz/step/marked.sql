-- why
--  pcx:no-transaction

SET lock_timeout = '1s'; CALL p(1); DO $$ BEGIN COMMIT; END $$; DO $$ BEGIN END $$;
RESET ALL; SELECT pg_catalog.set_config('search_path', '', false);
