-- One change at a time.
SELECT generation, encode(tag, 'hex') AS tag FROM pcx.keyring FOR UPDATE;
