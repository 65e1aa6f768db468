DROP TABLE IF EXISTS pg_temp.pcx_kept;
