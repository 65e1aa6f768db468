-- lib/sandbox/sql/read_data_folder.sql: the server's data folder; no row for a role that may not
-- know it.
SELECT setting AS data_folder
  FROM pg_catalog.pg_settings
 WHERE name = 'data_directory'
