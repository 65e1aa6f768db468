-- $1 key, $2 mode, $3 what becomes of plaintext.
INSERT INTO pcx.rotation (target_key, mode, plaintext) VALUES ($1, $2, $3) RETURNING id;
