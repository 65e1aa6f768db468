-- What is done of migrations that cannot be one transaction.

CREATE TABLE pcx.migration_run (
    ledger_row   text         PRIMARY KEY CHECK (ledger_row <> ''),
    ledger       text         NOT NULL,
    migration    text         NOT NULL,
    begun_at     timestamptz  NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE  pcx.migration_run            IS 'Migrations that were run step by step';
COMMENT ON COLUMN pcx.migration_run.ledger_row IS 'id of its row in _prisma_migrations';
COMMENT ON COLUMN pcx.migration_run.ledger     IS 'Schema of that ledger';
COMMENT ON COLUMN pcx.migration_run.migration  IS 'Name of the migration';
COMMENT ON COLUMN pcx.migration_run.begun_at   IS 'When it was begun';

CREATE TABLE pcx.migration_step (
    ledger_row   text         NOT NULL REFERENCES pcx.migration_run,
    number       integer      NOT NULL CHECK (number > 0),
    kind         text         NOT NULL,
    hash         text         NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
    relation     bigint       NOT NULL DEFAULT 0,
    object       bigint       NOT NULL DEFAULT 0,
    known        bigint[]     NOT NULL DEFAULT '{}',
    begun_at     timestamptz  NOT NULL DEFAULT clock_timestamp(),
    outcome      text         CHECK (outcome IN ('done', 'found', 'told')),
    finished_at  timestamptz,
    PRIMARY KEY (ledger_row, number),
    CHECK ((outcome IS NULL) = (finished_at IS NULL))
);
COMMENT ON TABLE  pcx.migration_step             IS 'Steps of such migrations, in the file''s order';
COMMENT ON COLUMN pcx.migration_step.ledger_row  IS 'The run it belongs to';
COMMENT ON COLUMN pcx.migration_step.number      IS 'Position of the step in the file, from 1';
COMMENT ON COLUMN pcx.migration_step.kind        IS 'What it is: CREATE INDEX CONCURRENTLY';
COMMENT ON COLUMN pcx.migration_step.hash        IS 'SHA-256 of its text without carriage returns';
COMMENT ON COLUMN pcx.migration_step.relation    IS 'oid of the table it works on; 0: none';
COMMENT ON COLUMN pcx.migration_step.object      IS 'oid of what it drops or rebuilds; 0: none';
COMMENT ON COLUMN pcx.migration_step.known       IS 'oids of the indexes that were there before';
COMMENT ON COLUMN pcx.migration_step.begun_at    IS 'When it was begun; written before it runs';
COMMENT ON COLUMN pcx.migration_step.outcome     IS 'done; found done after a crash; told so';
COMMENT ON COLUMN pcx.migration_step.finished_at IS 'When that was known; NULL: under way, killed';
