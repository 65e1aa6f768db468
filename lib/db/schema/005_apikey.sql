-- API keys: what the application's table api_keys has no column for, and no key among it.

CREATE TABLE pcx.apikey (
    id             text         PRIMARY KEY CHECK (id ~ '^[0-9A-Za-z]{10}$'),
    row_id         text         NOT NULL UNIQUE CHECK (row_id <> ''),
    kind           text         NOT NULL CHECK (kind IN ('live', 'test', 'adopted')),
    hash           bytea        NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
    pepper         integer      NOT NULL REFERENCES pcx.data_key,
    owner          text,
    tenant         text,
    cidrs          cidr[]       NOT NULL DEFAULT '{}',
    created_at     timestamptz  NOT NULL DEFAULT clock_timestamp(),
    created_by     text         NOT NULL,
    revoked_at     timestamptz  CHECK (isfinite(revoked_at)),
    revoked_by     text,
    revoke_reason  text,
    replaced_by    text,
    grace_until    timestamptz  CHECK (isfinite(grace_until)),
    CHECK ((revoked_at IS NULL) = (revoked_by IS NULL)),
    CHECK ((replaced_by IS NULL) = (grace_until IS NULL))
);
CREATE INDEX apikey_owner ON pcx.apikey (owner) WHERE revoked_at IS NULL;

COMMENT ON TABLE  pcx.apikey               IS 'API keys: a digest of each, never the key';
COMMENT ON COLUMN pcx.apikey.id            IS 'Lookup id: the public part of the key';
COMMENT ON COLUMN pcx.apikey.row_id        IS 'id of its row in api_keys, which has name, permissions, status';
COMMENT ON COLUMN pcx.apikey.kind          IS 'live or test as in the key; adopted: was in api_keys.key in plain';
COMMENT ON COLUMN pcx.apikey.hash          IS 'HMAC-SHA-256 of the key under the pepper';
COMMENT ON COLUMN pcx.apikey.pepper        IS 'The data key of purpose pepper that made the hash';
COMMENT ON COLUMN pcx.apikey.owner         IS 'Whose it is: the guide''s userId';
COMMENT ON COLUMN pcx.apikey.tenant        IS 'Tenant whose data it may see; NULL: not limited to one';
COMMENT ON COLUMN pcx.apikey.cidrs         IS 'Addresses that it may be used from; empty: any';
COMMENT ON COLUMN pcx.apikey.created_at    IS 'When it was made or adopted';
COMMENT ON COLUMN pcx.apikey.created_by    IS 'Who did so: user of the operating system and host';
COMMENT ON COLUMN pcx.apikey.revoked_at    IS 'When it was revoked';
COMMENT ON COLUMN pcx.apikey.revoked_by    IS 'By whom';
COMMENT ON COLUMN pcx.apikey.revoke_reason IS 'Why';
COMMENT ON COLUMN pcx.apikey.replaced_by   IS 'The key that it was rotated to';
COMMENT ON COLUMN pcx.apikey.grace_until   IS 'Until when it is taken all the same';

-- Off the keys' own rows: what is written often does not disturb what is read for each request.
CREATE TABLE pcx.apikey_usage (
    key_id        text         NOT NULL REFERENCES pcx.apikey ON DELETE CASCADE,
    day           date         NOT NULL,
    calls         bigint       NOT NULL DEFAULT 0 CHECK (calls >= 0),
    refused       bigint       NOT NULL DEFAULT 0 CHECK (refused >= 0),
    last_used_at  timestamptz,
    PRIMARY KEY (key_id, day)
) WITH (fillfactor = 50);
COMMENT ON TABLE  pcx.apikey_usage              IS 'Uses of API keys by day (UTC), told at most once a minute';
COMMENT ON COLUMN pcx.apikey_usage.key_id       IS 'The key';
COMMENT ON COLUMN pcx.apikey_usage.day          IS 'The day in UTC';
COMMENT ON COLUMN pcx.apikey_usage.calls        IS 'Requests that it was taken for';
COMMENT ON COLUMN pcx.apikey_usage.refused      IS 'Requests that it was refused for: expired, revoked, address, scope';
COMMENT ON COLUMN pcx.apikey_usage.last_used_at IS 'When it was last taken, by the minute; NULL: only refused';

-- Keys that were deleted. Their digests stay, so that none of them becomes good again: by an import of
-- before, or by a copy in plain that stands in another row.
CREATE TABLE pcx.apikey_gone (
    id       text         PRIMARY KEY,
    hash     bytea        NOT NULL UNIQUE CHECK (octet_length(hash) = 32),
    pepper   integer      NOT NULL,
    gone_at  timestamptz  NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE  pcx.apikey_gone         IS 'API keys that were deleted: digests, for good';
COMMENT ON COLUMN pcx.apikey_gone.id      IS 'Lookup id';
COMMENT ON COLUMN pcx.apikey_gone.hash    IS 'HMAC-SHA-256 of the key under the pepper';
COMMENT ON COLUMN pcx.apikey_gone.pepper  IS 'The data key of purpose pepper that made the hash';
COMMENT ON COLUMN pcx.apikey_gone.gone_at IS 'When it was deleted';
