-- The first keyring of two that are made at once. $1 generation, $2 tag.
INSERT INTO pcx.keyring (generation, tag) VALUES ($1, $2) ON CONFLICT DO NOTHING;
