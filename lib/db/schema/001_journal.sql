-- The ledger of these steps, and the journal of deeds.

CREATE TABLE pcx.schema_step (
    number       integer      PRIMARY KEY CHECK (number > 0),
    name         text         NOT NULL,
    applied_at   timestamptz  NOT NULL DEFAULT clock_timestamp(),
    pcx_version  text         NOT NULL
);
COMMENT ON TABLE  pcx.schema_step             IS 'Steps of schema pcx that were applied here';
COMMENT ON COLUMN pcx.schema_step.number      IS 'Position of the step; without gaps';
COMMENT ON COLUMN pcx.schema_step.name        IS 'File name of the step, without its number';
COMMENT ON COLUMN pcx.schema_step.applied_at  IS 'When it was applied';
COMMENT ON COLUMN pcx.schema_step.pcx_version IS 'Version of the pcx that applied it';

CREATE TABLE pcx.journal (
    id            bigint       GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    run_id        uuid,
    happened_at   timestamptz  NOT NULL DEFAULT clock_timestamp(),
    os_user       text         NOT NULL,
    db_user       text         NOT NULL DEFAULT session_user,
    host          text         NOT NULL,
    action        text         NOT NULL CHECK (action <> ''),
    object        text         NOT NULL,
    details       jsonb        NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(details) = 'object'),
    reason        text,
    command_line  text         NOT NULL,
    outcome       text,
    finished_at   timestamptz,
    CHECK ((outcome IS NULL) = (finished_at IS NULL))
);
CREATE INDEX journal_happened_at ON pcx.journal (happened_at);
CREATE INDEX journal_object      ON pcx.journal (object);
CREATE INDEX journal_unfinished  ON pcx.journal (id) WHERE finished_at IS NULL;

COMMENT ON TABLE  pcx.journal              IS 'What pcx changed: who, where, what, when and why';
COMMENT ON COLUMN pcx.journal.id           IS 'Order of the entries; gaps are rolled back deeds';
COMMENT ON COLUMN pcx.journal.run_id       IS 'One run of pcx: all entries of a command share it';
COMMENT ON COLUMN pcx.journal.happened_at  IS 'When the deed was entered';
COMMENT ON COLUMN pcx.journal.os_user      IS 'User of the operating system that ran pcx';
COMMENT ON COLUMN pcx.journal.db_user      IS 'Role of the database session';
COMMENT ON COLUMN pcx.journal.host         IS 'Machine that ran pcx';
COMMENT ON COLUMN pcx.journal.action       IS 'Group and verb of the command: migrate.up';
COMMENT ON COLUMN pcx.journal.object       IS 'What it was done to: a migration, a key id';
COMMENT ON COLUMN pcx.journal.details      IS 'More of it, without secrets';
COMMENT ON COLUMN pcx.journal.reason       IS 'Why, in the operator''s words (--reason)';
COMMENT ON COLUMN pcx.journal.command_line IS 'The command as typed, without secrets';
COMMENT ON COLUMN pcx.journal.outcome      IS 'done, or how it ended; NULL: under way, or killed';
COMMENT ON COLUMN pcx.journal.finished_at  IS 'When the outcome was known';
