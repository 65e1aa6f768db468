SELECT nextval(pg_get_serial_sequence('pcx.kek', 'id'))::integer AS id;
