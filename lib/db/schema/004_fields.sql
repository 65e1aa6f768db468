-- Fields: where sealed values are. Rotations of them to another key, and what could not be rotated.

CREATE TABLE pcx.field (
    schema_name     text         NOT NULL CHECK (schema_name <> ''),
    table_name      text         NOT NULL CHECK (table_name <> ''),
    column_name     text         NOT NULL CHECK (column_name <> ''),
    member          text         NOT NULL DEFAULT '',
    logical_table   text         NOT NULL CHECK (logical_table <> ''),
    logical_column  text         NOT NULL CHECK (logical_column <> ''),
    bind            text         NOT NULL CHECK (bind IN ('row', 'column')),
    row_column      text,
    match_column    text,
    match_value     text,
    added_at        timestamptz  NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (schema_name, table_name, column_name, member),
    CHECK (match_column IS NULL OR row_column IS NOT NULL),
    CHECK ((match_column IS NULL) = (match_value IS NULL))
);
COMMENT ON TABLE  pcx.field                IS 'Fields: columns, or members of jsonb, that are sealed';
COMMENT ON COLUMN pcx.field.schema_name    IS 'Schema of the table';
COMMENT ON COLUMN pcx.field.table_name     IS 'The table';
COMMENT ON COLUMN pcx.field.column_name    IS 'The column';
COMMENT ON COLUMN pcx.field.member         IS 'Member of the objects in a jsonb column; empty: all';
COMMENT ON COLUMN pcx.field.logical_table  IS 'Name that values are bound to; it outlives a rename';
COMMENT ON COLUMN pcx.field.logical_column IS 'The same of the column';
COMMENT ON COLUMN pcx.field.bind           IS 'What else values are bound to: their row, or nothing';
COMMENT ON COLUMN pcx.field.row_column     IS 'Copies: the column that names the row they are of';
COMMENT ON COLUMN pcx.field.match_column   IS 'Copies: only rows where this column has that value';
COMMENT ON COLUMN pcx.field.match_value    IS 'That value';
COMMENT ON COLUMN pcx.field.added_at       IS 'When it was registered';

CREATE TABLE pcx.rotation (
    id           bigint       GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    target_key   integer      NOT NULL REFERENCES pcx.data_key,
    mode         text         NOT NULL CHECK (mode IN ('online', 'offline')),
    plaintext    text         NOT NULL CHECK (plaintext IN ('leave', 'seal')),
    started_at   timestamptz  NOT NULL DEFAULT clock_timestamp(),
    paused_at    timestamptz,
    finished_at  timestamptz,
    outcome      text         CHECK (outcome IN ('complete', 'findings', 'superseded')),
    CHECK ((outcome IS NULL) = (finished_at IS NULL))
);
CREATE UNIQUE INDEX rotation_unfinished ON pcx.rotation ((true)) WHERE finished_at IS NULL;
COMMENT ON TABLE  pcx.rotation             IS 'Rotations: all values of all fields to one key';
COMMENT ON COLUMN pcx.rotation.id          IS 'Its number';
COMMENT ON COLUMN pcx.rotation.target_key  IS 'The key that values get';
COMMENT ON COLUMN pcx.rotation.mode        IS 'online: beside the application; offline: without it';
COMMENT ON COLUMN pcx.rotation.plaintext   IS 'What becomes of values that are not encrypted';
COMMENT ON COLUMN pcx.rotation.started_at  IS 'When it was begun';
COMMENT ON COLUMN pcx.rotation.paused_at   IS 'Since when its workers are asked to wait; NULL: go on';
COMMENT ON COLUMN pcx.rotation.finished_at IS 'When it ended';
COMMENT ON COLUMN pcx.rotation.outcome     IS 'complete; findings: values that do not open remain; superseded: '
    'another key was activated meanwhile';

CREATE TABLE pcx.rotation_shard (
    id            integer      GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rotation_id   bigint       NOT NULL REFERENCES pcx.rotation,
    relation      bigint       NOT NULL,
    block_from    bigint       NOT NULL CHECK (block_from >= 0),
    block_to      bigint       NOT NULL CHECK (block_to > block_from),
    next_block    bigint       NOT NULL,
    worker        text,
    rows_read     bigint       NOT NULL DEFAULT 0,
    rows_written  bigint       NOT NULL DEFAULT 0,
    misses        bigint       NOT NULL DEFAULT 0,
    seals         bigint       NOT NULL DEFAULT 0,
    updated_at    timestamptz  NOT NULL DEFAULT clock_timestamp(),
    UNIQUE (rotation_id, relation, block_from),
    CHECK (next_block BETWEEN block_from AND block_to)
);
CREATE INDEX rotation_shard_open ON pcx.rotation_shard (rotation_id, relation, block_from)
    WHERE next_block < block_to;
COMMENT ON TABLE  pcx.rotation_shard              IS 'Ranges of pages, each for one worker at a time';
COMMENT ON COLUMN pcx.rotation_shard.id           IS 'Its number, and that of its advisory lock';
COMMENT ON COLUMN pcx.rotation_shard.rotation_id  IS 'The rotation';
COMMENT ON COLUMN pcx.rotation_shard.relation     IS 'oid of the table, or of a partition';
COMMENT ON COLUMN pcx.rotation_shard.block_from   IS 'Its first page';
COMMENT ON COLUMN pcx.rotation_shard.block_to     IS 'The page behind its last one';
COMMENT ON COLUMN pcx.rotation_shard.next_block   IS 'All before it is done';
COMMENT ON COLUMN pcx.rotation_shard.worker       IS 'Who took it last: host and process';
COMMENT ON COLUMN pcx.rotation_shard.rows_read    IS 'Rows that had something to look at';
COMMENT ON COLUMN pcx.rotation_shard.rows_written IS 'Rows that were resealed';
COMMENT ON COLUMN pcx.rotation_shard.misses       IS 'Rows that the application changed meanwhile';
COMMENT ON COLUMN pcx.rotation_shard.seals        IS 'Values sealed, written or not';
COMMENT ON COLUMN pcx.rotation_shard.updated_at   IS 'When its worker was seen last';

CREATE TABLE pcx.quarantine (
    schema_name  text         NOT NULL,
    table_name   text         NOT NULL,
    column_name  text         NOT NULL,
    member       text         NOT NULL,
    row_key      text[]       NOT NULL,
    kind         text         NOT NULL,
    refusal      text,
    named_key    integer,
    found_at     timestamptz  NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (schema_name, table_name, column_name, member, row_key)
);
COMMENT ON TABLE  pcx.quarantine             IS 'Values that a rotation could not open, without them';
COMMENT ON COLUMN pcx.quarantine.schema_name IS 'Where it is';
COMMENT ON COLUMN pcx.quarantine.table_name  IS 'Where it is';
COMMENT ON COLUMN pcx.quarantine.column_name IS 'Where it is';
COMMENT ON COLUMN pcx.quarantine.member      IS 'Where it is, in a jsonb column';
COMMENT ON COLUMN pcx.quarantine.row_key     IS 'Primary key of the row';
COMMENT ON COLUMN pcx.quarantine.kind        IS 'What is wrong: malformed, not_authentic, ...; refused: by the server, when it was written';
COMMENT ON COLUMN pcx.quarantine.refusal     IS 'Of a malformed one, how; of a refused one, the SQLSTATE';
COMMENT ON COLUMN pcx.quarantine.named_key   IS 'The key that it names';
COMMENT ON COLUMN pcx.quarantine.found_at    IS 'When it was seen last';
