INSERT INTO pcx.schema_step (number, name, pcx_version) VALUES ($1::int, $2, $3);
