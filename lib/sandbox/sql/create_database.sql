-- lib/sandbox/sql/create_database.sql: the application's database, empty. template0 holds nothing
-- that somebody may have added to template1.
CREATE DATABASE purple_cross TEMPLATE template0 ENCODING 'UTF8'
