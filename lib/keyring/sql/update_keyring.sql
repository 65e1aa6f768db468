-- $1 generation, $2 tag.
UPDATE pcx.keyring SET generation = $1, tag = $2;
