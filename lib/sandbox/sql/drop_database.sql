-- lib/sandbox/sql/drop_database.sql: FORCE ends the sessions that are still in it.
DROP DATABASE IF EXISTS purple_cross WITH (FORCE)
