-- The keyring: data keys, wrapped under key-encryption keys (KEKs) that are not in the database.
-- Every row is authenticated (lib/keyring/rows.h): what is changed here without pcx is refused.

CREATE TABLE pcx.kek (
    id          integer      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    provider    text         NOT NULL CHECK (provider IN ('file', 'env', 'command', 'recovery')),
    location    text         NOT NULL CHECK (location <> ''),
    wrapped     bytea,
    key_check   bytea        CHECK (octet_length(key_check) = 8),
    created_at  timestamptz  NOT NULL,
    tag         bytea        NOT NULL CHECK (octet_length(tag) = 32),
    CHECK ((provider = 'command') = (wrapped IS NOT NULL)),
    CHECK ((provider = 'recovery') = (key_check IS NULL))
);
COMMENT ON TABLE  pcx.kek            IS 'Key-encryption keys: where they are, never what they are';
COMMENT ON COLUMN pcx.kek.id         IS 'Its number';
COMMENT ON COLUMN pcx.kek.provider   IS 'Who has the key; recovery: a private key in a safe';
COMMENT ON COLUMN pcx.kek.location   IS 'Path, variable, command; recovery: the public key, PEM';
COMMENT ON COLUMN pcx.kek.wrapped    IS 'What the command needs to give the key back';
COMMENT ON COLUMN pcx.kek.key_check  IS 'Tells the key from others, not the key itself';
COMMENT ON COLUMN pcx.kek.created_at IS 'When it was added';
COMMENT ON COLUMN pcx.kek.tag        IS 'HMAC-SHA-256 of the other columns';

-- Ids are never used again: values name their key by it.
CREATE SEQUENCE pcx.data_key_id AS integer START 1;
COMMENT ON SEQUENCE pcx.data_key_id IS 'Ids of data keys; one that was given is never given again';

CREATE TABLE pcx.data_key (
    id            integer      PRIMARY KEY CHECK (id > 0),
    purpose       text         NOT NULL CHECK (purpose IN
                                   ('field', 'blind_index', 'pepper', 'signing', 'rows')),
    format        text         NOT NULL CHECK (format IN ('v2', 'v1', 'json')),
    state         text         NOT NULL CHECK (state IN
                                   ('pending', 'active', 'decrypt_only', 'retired', 'destroyed')),
    compromised   boolean      NOT NULL DEFAULT false,
    created_at    timestamptz  NOT NULL,
    activated_at  timestamptz,
    retired_at    timestamptz,
    destroyed_at  timestamptz,
    key_check     bytea        CHECK (octet_length(key_check) = 8),
    seal_count    bigint       NOT NULL DEFAULT 0 CHECK (seal_count >= 0),
    tag           bytea        NOT NULL CHECK (octet_length(tag) = 32),
    CHECK ((state = 'destroyed') = (destroyed_at IS NOT NULL)),
    CHECK (state <> 'retired' OR retired_at IS NOT NULL)
);
CREATE UNIQUE INDEX data_key_active ON pcx.data_key (purpose) WHERE state = 'active';

COMMENT ON TABLE  pcx.data_key              IS 'Data keys: what is known of each, not the key';
COMMENT ON COLUMN pcx.data_key.id           IS 'Its number, which values name';
COMMENT ON COLUMN pcx.data_key.purpose      IS 'What it is for; rows: the tags of the keyring';
COMMENT ON COLUMN pcx.data_key.format       IS 'Of the values that a field key seals and opens';
COMMENT ON COLUMN pcx.data_key.state        IS 'pending, active, decrypt_only, retired, destroyed';
COMMENT ON COLUMN pcx.data_key.compromised  IS 'Somebody else may know it: rotate it first';
COMMENT ON COLUMN pcx.data_key.created_at   IS 'When it was made or imported';
COMMENT ON COLUMN pcx.data_key.activated_at IS 'When it became the one that seals';
COMMENT ON COLUMN pcx.data_key.retired_at   IS 'When it was retired last';
COMMENT ON COLUMN pcx.data_key.destroyed_at IS 'When its wraps were deleted';
COMMENT ON COLUMN pcx.data_key.key_check    IS 'Tells the key from others; NULL: it could be guessed';
COMMENT ON COLUMN pcx.data_key.seal_count   IS 'Values sealed by pcx; outside the tag';
COMMENT ON COLUMN pcx.data_key.tag          IS 'HMAC-SHA-256 of the other columns';

CREATE TABLE pcx.data_key_wrap (
    key_id   integer  NOT NULL REFERENCES pcx.data_key,
    kek_id   integer  NOT NULL REFERENCES pcx.kek,
    wrapped  bytea    NOT NULL,
    PRIMARY KEY (key_id, kek_id)
);
COMMENT ON TABLE  pcx.data_key_wrap         IS 'Each data key under each key-encryption key';
COMMENT ON COLUMN pcx.data_key_wrap.key_id  IS 'The data key';
COMMENT ON COLUMN pcx.data_key_wrap.kek_id  IS 'What wraps it';
COMMENT ON COLUMN pcx.data_key_wrap.wrapped IS 'The data key, encrypted';

CREATE TABLE pcx.keyring (
    only_one    boolean  PRIMARY KEY DEFAULT true CHECK (only_one),
    generation  bigint   NOT NULL CHECK (generation > 0),
    tag         bytea    NOT NULL CHECK (octet_length(tag) = 32)
);
COMMENT ON TABLE  pcx.keyring            IS 'One row: the keyring as a whole, locked by every change';
COMMENT ON COLUMN pcx.keyring.only_one   IS 'Keeps a second row out';
COMMENT ON COLUMN pcx.keyring.generation IS 'Number of changes so far';
COMMENT ON COLUMN pcx.keyring.tag        IS 'HMAC-SHA-256 of all rows of the keyring, in order';
