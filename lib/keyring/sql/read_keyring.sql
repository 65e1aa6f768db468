SELECT generation, encode(tag, 'hex') AS tag FROM pcx.keyring;
