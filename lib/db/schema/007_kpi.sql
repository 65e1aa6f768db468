-- Key figures of days that are over. Rows are only ever added: revision 0 is what was found first, and
-- a later look that found something else is the next revision. A look that failed is no row.

CREATE TABLE pcx.kpi_daily (
    tenant           text         COLLATE "C" NOT NULL DEFAULT '',
    kpi              text         COLLATE "C" NOT NULL CHECK (kpi <> ''),
    day              date         NOT NULL,
    definition_hash  text         COLLATE "C" NOT NULL CHECK (definition_hash <> ''),
    revision         integer      NOT NULL CHECK (revision >= 0),
    value            numeric,
    state            text         NOT NULL CHECK (state IN ('known', 'no_data', 'not_kept')),
    reason           text,
    sample           bigint,
    time_zone        text         NOT NULL,
    day_from         timestamptz  NOT NULL,
    day_to           timestamptz  NOT NULL,
    parts            jsonb        CHECK (jsonb_typeof(parts) = 'object'),
    computed_at      timestamptz  NOT NULL,
    run_id           text         NOT NULL,
    pcx_version      text         NOT NULL,
    PRIMARY KEY (tenant, kpi, day, definition_hash, revision),
    CHECK ((state = 'known') = (value IS NOT NULL)),
    CHECK (state <> 'known' OR reason IS NULL),
    CHECK (day_from < day_to)
);
REVOKE ALL ON pcx.kpi_daily FROM PUBLIC;

COMMENT ON TABLE  pcx.kpi_daily                 IS 'Key figures of days that are over, as they were found';
COMMENT ON COLUMN pcx.kpi_daily.tenant          IS 'Id of the tenant; empty: rows that belong to none';
COMMENT ON COLUMN pcx.kpi_daily.kpi             IS 'Name of its definition';
COMMENT ON COLUMN pcx.kpi_daily.day             IS 'The date in the tenant''s time zone';
COMMENT ON COLUMN pcx.kpi_daily.definition_hash IS 'What was computed: another definition begins another series';
COMMENT ON COLUMN pcx.kpi_daily.revision        IS '0: found first; others: restatements, the highest is true now';
COMMENT ON COLUMN pcx.kpi_daily.value           IS 'The number; NULL: there is none';
COMMENT ON COLUMN pcx.kpi_daily.state           IS 'known, no_data (nothing to average), not_kept (a state, too late)';
COMMENT ON COLUMN pcx.kpi_daily.reason          IS 'Why there is no number';
COMMENT ON COLUMN pcx.kpi_daily.sample          IS 'How many rows the value stands on, where the definition says';
COMMENT ON COLUMN pcx.kpi_daily.time_zone       IS 'The time zone that the day was taken in';
COMMENT ON COLUMN pcx.kpi_daily.day_from        IS 'The first instant of the day';
COMMENT ON COLUMN pcx.kpi_daily.day_to          IS 'The first instant that is not of the day any more';
COMMENT ON COLUMN pcx.kpi_daily.parts           IS 'Of a KPI that is split: each label with its number, as text';
COMMENT ON COLUMN pcx.kpi_daily.computed_at     IS 'When it was found';
COMMENT ON COLUMN pcx.kpi_daily.run_id          IS 'The run of pcx that found it, as in pcx.journal';
COMMENT ON COLUMN pcx.kpi_daily.pcx_version     IS 'The pcx that found it';
