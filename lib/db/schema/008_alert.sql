-- What runs of `pcx alert` remember, of each environment. A body is the whole of its row as JSON, as
-- pcx reads it again; the columns beside it are for queries. It is json, not jsonb: numbers keep their
-- digits and members their order. Generations tell whether somebody else has written meanwhile.

CREATE TABLE pcx.alert_run (
    environment  text         COLLATE "C" PRIMARY KEY,
    generation   bigint       NOT NULL CHECK (generation > 0),
    ran_at       timestamptz,
    exit_code    integer,
    run_id       text,
    body         json         NOT NULL CHECK (json_typeof(body) = 'object'),
    written_at   timestamptz  NOT NULL
);
REVOKE ALL ON pcx.alert_run FROM PUBLIC;

COMMENT ON TABLE  pcx.alert_run             IS 'The memory of an environment: its generation and the last run of pcx alert check';
COMMENT ON COLUMN pcx.alert_run.environment IS 'As in dedup keys: production, staging';
COMMENT ON COLUMN pcx.alert_run.generation  IS 'Rises whenever the memory is written';
COMMENT ON COLUMN pcx.alert_run.ran_at      IS 'When rules were evaluated last; NULL: never';
COMMENT ON COLUMN pcx.alert_run.exit_code   IS 'What that run answered with';
COMMENT ON COLUMN pcx.alert_run.run_id      IS 'That run of pcx, as in pcx.journal';
COMMENT ON COLUMN pcx.alert_run.body        IS 'The last run, when each input had data last, the next sequence';
COMMENT ON COLUMN pcx.alert_run.written_at  IS 'When the memory was written last';

CREATE TABLE pcx.alert_state (
    environment   text         COLLATE "C" NOT NULL,
    alert_id      text         COLLATE "C" NOT NULL CHECK (alert_id <> ''),
    rule          text         NOT NULL,
    dedup_key     text         COLLATE "C" NOT NULL,
    phase         text         NOT NULL CHECK (phase IN ('pending', 'firing', 'resolved')),
    active_since  timestamptz  NOT NULL,
    fired_at      timestamptz,
    evaluated_at  timestamptz  NOT NULL,
    body          json         NOT NULL CHECK (json_typeof(body) = 'object'),
    PRIMARY KEY (environment, alert_id)
);
REVOKE ALL ON pcx.alert_state FROM PUBLIC;

COMMENT ON TABLE  pcx.alert_state              IS 'Alerts that are pending or firing, and what is remembered of resolved ones';
COMMENT ON COLUMN pcx.alert_state.environment  IS 'As in pcx.alert_run';
COMMENT ON COLUMN pcx.alert_state.alert_id     IS 'Its rule and the digest of its labels';
COMMENT ON COLUMN pcx.alert_state.rule         IS 'Its rule: group/name/severity';
COMMENT ON COLUMN pcx.alert_state.dedup_key    IS 'Under which receivers know the problem';
COMMENT ON COLUMN pcx.alert_state.phase        IS 'pending, firing, or resolved: it may begin again, and flap';
COMMENT ON COLUMN pcx.alert_state.active_since IS 'The condition is true since';
COMMENT ON COLUMN pcx.alert_state.fired_at     IS 'When it began to fire; NULL: it does not yet';
COMMENT ON COLUMN pcx.alert_state.evaluated_at IS 'When its rule was evaluated last';
COMMENT ON COLUMN pcx.alert_state.body         IS 'All of it';

CREATE TABLE pcx.alert_incident (
    environment  text         COLLATE "C" NOT NULL,
    receiver     text         COLLATE "C" NOT NULL,
    dedup_key    text         COLLATE "C" NOT NULL,
    opened_at    timestamptz  NOT NULL,
    notified_at  timestamptz  NOT NULL,
    severity     text         NOT NULL,
    acked_by     text,
    body         json         NOT NULL CHECK (json_typeof(body) = 'object'),
    PRIMARY KEY (environment, receiver, dedup_key)
);
REVOKE ALL ON pcx.alert_incident FROM PUBLIC;

COMMENT ON TABLE  pcx.alert_incident             IS 'What receivers have open: one incident a problem';
COMMENT ON COLUMN pcx.alert_incident.environment IS 'As in pcx.alert_run';
COMMENT ON COLUMN pcx.alert_incident.receiver    IS 'Name of the receiver in the configuration';
COMMENT ON COLUMN pcx.alert_incident.dedup_key   IS 'Under which the receiver knows it';
COMMENT ON COLUMN pcx.alert_incident.opened_at   IS 'When it began';
COMMENT ON COLUMN pcx.alert_incident.notified_at IS 'When the receiver was to be told last';
COMMENT ON COLUMN pcx.alert_incident.severity    IS 'Of the worst member, as told last';
COMMENT ON COLUMN pcx.alert_incident.acked_by    IS 'Who has taken it; NULL: nobody';
COMMENT ON COLUMN pcx.alert_incident.body        IS 'All of it, with its members as told last';

CREATE TABLE pcx.alert_outbox (
    environment  text         COLLATE "C" NOT NULL,
    id           text         COLLATE "C" NOT NULL CHECK (id <> ''),
    receiver     text         COLLATE "C" NOT NULL,
    dedup_key    text         COLLATE "C" NOT NULL,
    sequence     bigint       NOT NULL,
    action       text         NOT NULL CHECK (action IN ('trigger', 'acknowledge', 'resolve')),
    delivery     text         NOT NULL CHECK (delivery IN ('queued', 'delivered', 'dead')),
    attempts     integer      NOT NULL CHECK (attempts >= 0),
    queued_at    timestamptz  NOT NULL,
    not_before   timestamptz  NOT NULL,
    ended_at     timestamptz,
    body         json         NOT NULL CHECK (json_typeof(body) = 'object'),
    PRIMARY KEY (environment, id)
);
CREATE INDEX alert_outbox_in_order ON pcx.alert_outbox (environment, receiver, dedup_key, sequence);
CREATE INDEX alert_outbox_queued ON pcx.alert_outbox (environment, sequence) WHERE delivery = 'queued';
CREATE INDEX alert_outbox_ended ON pcx.alert_outbox (environment, ended_at) WHERE delivery <> 'queued';
REVOKE ALL ON pcx.alert_outbox FROM PUBLIC;

COMMENT ON TABLE  pcx.alert_outbox             IS 'Notifications to deliver, and for 30 days what became of them';
COMMENT ON COLUMN pcx.alert_outbox.environment IS 'As in pcx.alert_run';
COMMENT ON COLUMN pcx.alert_outbox.id          IS 'Goes with every attempt, where the receiver has a place for it';
COMMENT ON COLUMN pcx.alert_outbox.receiver    IS 'Name of the receiver in the configuration';
COMMENT ON COLUMN pcx.alert_outbox.dedup_key   IS 'Of the incident: its lines are delivered in their order';
COMMENT ON COLUMN pcx.alert_outbox.sequence    IS 'The order';
COMMENT ON COLUMN pcx.alert_outbox.action      IS 'trigger, acknowledge or resolve';
COMMENT ON COLUMN pcx.alert_outbox.delivery    IS 'queued, delivered, or dead: refused for good';
COMMENT ON COLUMN pcx.alert_outbox.attempts    IS 'How often it was tried';
COMMENT ON COLUMN pcx.alert_outbox.queued_at   IS 'When it was decided';
COMMENT ON COLUMN pcx.alert_outbox.not_before  IS 'When it may be tried next';
COMMENT ON COLUMN pcx.alert_outbox.ended_at    IS 'When it was delivered or given up; NULL: queued';
COMMENT ON COLUMN pcx.alert_outbox.body        IS 'All of it; secrets of receivers are never in it';

CREATE TABLE pcx.alert_silence (
    environment  text         COLLATE "C" NOT NULL,
    id           text         COLLATE "C" NOT NULL CHECK (id <> ''),
    starts_at    timestamptz  NOT NULL,
    ends_at      timestamptz,
    expired_at   timestamptz,
    created_by   text         NOT NULL,
    body         json         NOT NULL CHECK (json_typeof(body) = 'object'),
    PRIMARY KEY (environment, id)
);
REVOKE ALL ON pcx.alert_silence FROM PUBLIC;

COMMENT ON TABLE  pcx.alert_silence             IS 'Who does not want to hear of what; ended ones for 30 days';
COMMENT ON COLUMN pcx.alert_silence.environment IS 'As in pcx.alert_run';
COMMENT ON COLUMN pcx.alert_silence.id          IS 'Its name, a UUID';
COMMENT ON COLUMN pcx.alert_silence.starts_at   IS 'When it begins';
COMMENT ON COLUMN pcx.alert_silence.ends_at     IS 'When it ends by itself; NULL: by other means';
COMMENT ON COLUMN pcx.alert_silence.expired_at  IS 'When it ended; NULL: it has not';
COMMENT ON COLUMN pcx.alert_silence.created_by  IS 'Who made it';
COMMENT ON COLUMN pcx.alert_silence.body        IS 'All of it, with its matchers';

CREATE TABLE pcx.alert_reading (
    environment  text         COLLATE "C" NOT NULL,
    at           timestamptz  NOT NULL,
    body         json         NOT NULL CHECK (json_typeof(body) = 'object'),
    PRIMARY KEY (environment, at)
);
REVOKE ALL ON pcx.alert_reading FROM PUBLIC;

COMMENT ON TABLE  pcx.alert_reading             IS 'Counters of the application as they were read, for rates';
COMMENT ON COLUMN pcx.alert_reading.environment IS 'As in pcx.alert_run';
COMMENT ON COLUMN pcx.alert_reading.at          IS 'When they were read';
COMMENT ON COLUMN pcx.alert_reading.body        IS 'All of it, with the numbers';

CREATE TABLE pcx.alert_event (
    environment  text         COLLATE "C" NOT NULL,
    id           text         COLLATE "C" NOT NULL CHECK (id <> ''),
    number       bigint       GENERATED ALWAYS AS IDENTITY,
    at           timestamptz  NOT NULL,
    kind         text         COLLATE "C" NOT NULL CHECK (kind <> ''),
    alert_id     text         COLLATE "C",
    dedup_key    text         COLLATE "C",
    labels       jsonb        NOT NULL CHECK (jsonb_typeof(labels) = 'object'),
    words        text         NOT NULL,
    done_by      text,
    PRIMARY KEY (environment, id)
);
CREATE INDEX alert_event_by_time ON pcx.alert_event (environment, at, number);
CREATE INDEX alert_event_of_alert ON pcx.alert_event (environment, alert_id, at) WHERE alert_id IS NOT NULL;
REVOKE ALL ON pcx.alert_event FROM PUBLIC;

COMMENT ON TABLE  pcx.alert_event             IS 'What happened, for pcx alert history';
COMMENT ON COLUMN pcx.alert_event.environment IS 'As in pcx.alert_run';
COMMENT ON COLUMN pcx.alert_event.id          IS 'A UUID: an event is written once, however often it is told';
COMMENT ON COLUMN pcx.alert_event.number      IS 'The order of those of one instant';
COMMENT ON COLUMN pcx.alert_event.at          IS 'When it happened';
COMMENT ON COLUMN pcx.alert_event.kind        IS 'fired, resolved, queued, delivered, acknowledged...';
COMMENT ON COLUMN pcx.alert_event.alert_id    IS 'The alert that it is about; NULL: none';
COMMENT ON COLUMN pcx.alert_event.dedup_key   IS 'The incident that it is about; NULL: none';
COMMENT ON COLUMN pcx.alert_event.labels      IS 'Of the alert: names and values';
COMMENT ON COLUMN pcx.alert_event.words       IS 'For people';
COMMENT ON COLUMN pcx.alert_event.done_by     IS 'Who did it; NULL: pcx itself';
