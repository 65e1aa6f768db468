SELECT nextval('pcx.data_key_id')::integer AS id;
