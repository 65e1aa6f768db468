-- By which a database is told from others, also after it was renamed; of the server, and its name.
SELECT s.system_identifier::text AS system_identifier,
       pg_catalog.current_database()::text AS name
  FROM pg_catalog.pg_control_system() AS s;
