-- The trail: what changed in audited tables, and a ledger over it that is sealed into a Merkle tree.

-- Order within a transaction; across transactions their numbers order. Blocks of it go to sessions.
CREATE SEQUENCE pcx.audit_seq AS bigint CACHE 32;

-- Where the rows that are written now belong: 2n + 1 while epoch n lasts. Opening an epoch replaces the
-- function, so that writing costs no look-up, and a transaction with an old snapshot sees the new one.
-- Not IMMUTABLE: plans that hold it must notice.
CREATE FUNCTION pcx.audit_segment() RETURNS integer LANGUAGE sql STABLE AS 'SELECT 3';

CREATE TABLE pcx.change (
    segment      integer      NOT NULL,
    xid          xid8         NOT NULL,
    seq          bigint       NOT NULL,
    at           timestamptz  NOT NULL,
    relation     text         NOT NULL,
    op           "char"       NOT NULL,
    row_key      text,
    tenant       text,
    actor        text         NOT NULL,
    correlation  text,
    address      text,
    db_user      text         NOT NULL,
    application  text         NOT NULL,
    before       jsonb,
    after        jsonb,
    PRIMARY KEY (segment, xid, seq, at)
) PARTITION BY RANGE (at);
CREATE INDEX change_at ON pcx.change (at, seq);
-- Of a long key the beginning: a whole one may not fit into an index.
CREATE INDEX change_row ON pcx.change (left(row_key, 200), at);
CREATE TABLE pcx.change_default PARTITION OF pcx.change DEFAULT;

COMMENT ON TABLE  pcx.change             IS 'Changes of audited tables, as triggers saw them';
COMMENT ON COLUMN pcx.change.segment     IS 'That of its row in pcx.ledger';
COMMENT ON COLUMN pcx.change.xid         IS 'The transaction; numbers are of one cluster';
COMMENT ON COLUMN pcx.change.seq         IS 'Order within the transaction';
COMMENT ON COLUMN pcx.change.at          IS 'When, by the clock, not by the transaction''s beginning';
COMMENT ON COLUMN pcx.change.relation    IS 'schema.table';
COMMENT ON COLUMN pcx.change.op          IS 'I insert, U update, D delete, T truncate';
COMMENT ON COLUMN pcx.change.row_key     IS 'Primary key as text; of several columns a JSON array';
COMMENT ON COLUMN pcx.change.tenant      IS 'tenantId of the row';
COMMENT ON COLUMN pcx.change.actor       IS 'Setting pcx.actor, else updatedBy, createdBy, the role';
COMMENT ON COLUMN pcx.change.correlation IS 'Setting pcx.correlation';
COMMENT ON COLUMN pcx.change.address     IS 'Setting pcx.address';
COMMENT ON COLUMN pcx.change.db_user     IS 'Role of the session';
COMMENT ON COLUMN pcx.change.application IS 'application_name of the session';
COMMENT ON COLUMN pcx.change.before      IS 'Of an update the changed columns, of a delete the row';
COMMENT ON COLUMN pcx.change.after       IS 'Of an update the changed columns, of an insert the row';

CREATE TABLE pcx.audit_meta (
    seq       bigint       PRIMARY KEY,
    xid       xid8         NOT NULL,
    at        timestamptz  NOT NULL,
    kind      text         NOT NULL CHECK (kind <> ''),
    db_user   text         NOT NULL,
    details   jsonb        NOT NULL DEFAULT '{}'
);
COMMENT ON TABLE  pcx.audit_meta         IS 'What happened to the trail itself: installed, paused, DDL';
COMMENT ON COLUMN pcx.audit_meta.seq     IS 'Order within the transaction';
COMMENT ON COLUMN pcx.audit_meta.xid     IS 'The transaction';
COMMENT ON COLUMN pcx.audit_meta.at      IS 'When';
COMMENT ON COLUMN pcx.audit_meta.kind    IS 'install, pause, ddl, census, reseal, ...';
COMMENT ON COLUMN pcx.audit_meta.db_user IS 'Role of the session';
COMMENT ON COLUMN pcx.audit_meta.details IS 'What exactly';

-- One row for each audited row, of whatever kind. Sealed in the order of (segment, xid, seq), and only
-- below the horizon: every transaction of a smaller number has ended by then, so nothing appears in
-- between. Segments are why a restore, after which transactions are numbered anew, does not disturb that
-- order: 2n + 1 has the rows that were written while epoch n lasted, 2n those that were there when it
-- began and that no tree had yet.
CREATE TABLE pcx.ledger (
    segment  integer      NOT NULL,
    xid      xid8         NOT NULL,
    seq      bigint       NOT NULL,
    at       timestamptz  NOT NULL,
    src      "char"       NOT NULL,
    fmt      smallint     NOT NULL,
    row_id   text,
    row_tid  tid,
    leaf     bytea        NOT NULL,
    PRIMARY KEY (segment, xid, seq, at)
) PARTITION BY RANGE (at);
CREATE INDEX ledger_row ON pcx.ledger (row_id) WHERE row_id IS NOT NULL;
CREATE TABLE pcx.ledger_default PARTITION OF pcx.ledger DEFAULT;

COMMENT ON TABLE  pcx.ledger         IS 'Digests of audited rows, in the order in which they are sealed';
COMMENT ON COLUMN pcx.ledger.segment IS '2n + 1: written in epoch n; 2n: before it, and not sealed then';
COMMENT ON COLUMN pcx.ledger.xid     IS 'The transaction';
COMMENT ON COLUMN pcx.ledger.seq     IS 'Order within it';
COMMENT ON COLUMN pcx.ledger.at      IS 'When; that of the row in pcx.change or pcx.audit_meta';
COMMENT ON COLUMN pcx.ledger.src     IS 'C pcx.change, M pcx.audit_meta, A the application''s audit_logs';
COMMENT ON COLUMN pcx.ledger.fmt     IS 'Which columns the digest is over, and how';
COMMENT ON COLUMN pcx.ledger.row_id  IS 'id of the row in audit_logs';
COMMENT ON COLUMN pcx.ledger.row_tid IS 'Where that row lay when it was written: a hint, so that it is found fast';
COMMENT ON COLUMN pcx.ledger.leaf    IS 'SHA-256 of 0x00, pcx1, src and record_send() of the row';

CREATE TABLE pcx.audit_table (
    relation      text         PRIMARY KEY,
    on_error      text         NOT NULL CHECK (on_error IN ('block', 'spill')),
    key_columns   text[]       NOT NULL,
    dropped       text[]       NOT NULL DEFAULT '{}',
    hashed        text[]       NOT NULL DEFAULT '{}',
    ignored       text[]       NOT NULL DEFAULT '{}',
    installed_at  timestamptz  NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE  pcx.audit_table              IS 'Audited tables, and what is kept of their columns';
COMMENT ON COLUMN pcx.audit_table.relation     IS 'schema.table';
COMMENT ON COLUMN pcx.audit_table.on_error     IS 'block: no change without its row here; spill: count it';
COMMENT ON COLUMN pcx.audit_table.key_columns  IS 'The primary key';
COMMENT ON COLUMN pcx.audit_table.dropped      IS 'Columns of which nothing is kept';
COMMENT ON COLUMN pcx.audit_table.hashed       IS 'Columns of which a keyed digest is kept';
COMMENT ON COLUMN pcx.audit_table.ignored      IS 'Updates of nothing but these are not kept';
COMMENT ON COLUMN pcx.audit_table.installed_at IS 'When';

-- What could not be captured where the table said so.
CREATE TABLE pcx.audit_lost (
    relation  text         NOT NULL,
    day       date         NOT NULL,
    changes   bigint       NOT NULL,
    sqlstate  text         NOT NULL,
    last_at   timestamptz  NOT NULL,
    pid       integer      NOT NULL DEFAULT pg_backend_pid(),
    PRIMARY KEY (relation, day, sqlstate, pid)
);
COMMENT ON TABLE  pcx.audit_lost          IS 'Changes that were let pass without a row in pcx.change';
COMMENT ON COLUMN pcx.audit_lost.relation IS 'schema.table';
COMMENT ON COLUMN pcx.audit_lost.day      IS 'Day (UTC)';
COMMENT ON COLUMN pcx.audit_lost.changes  IS 'How many';
COMMENT ON COLUMN pcx.audit_lost.sqlstate IS 'Why';
COMMENT ON COLUMN pcx.audit_lost.last_at  IS 'When it happened last';
COMMENT ON COLUMN pcx.audit_lost.pid      IS 'Process of the session: none waits for another one''s row';

-- The key of digests of columns, padded as RFC 2104 has it. It lies beside them: they hide values from
-- whoever reads the trail, not from whoever has the database.
CREATE TABLE pcx.audit_digest_key (
    is_only    boolean  PRIMARY KEY DEFAULT true CHECK (is_only),
    inner_pad  bytea  NOT NULL CHECK (octet_length(inner_pad) = 64),
    outer_pad  bytea  NOT NULL CHECK (octet_length(outer_pad) = 64)
);
COMMENT ON TABLE  pcx.audit_digest_key           IS 'The key of keyed digests in the trail';
COMMENT ON COLUMN pcx.audit_digest_key.is_only   IS 'There is one';
COMMENT ON COLUMN pcx.audit_digest_key.inner_pad IS 'The key XOR 0x36';
COMMENT ON COLUMN pcx.audit_digest_key.outer_pad IS 'The key XOR 0x5c';

CREATE TABLE pcx.audit_epoch (
    number             integer      PRIMARY KEY CHECK (number > 0),
    origin             text         NOT NULL UNIQUE,
    system_identifier  text         NOT NULL,
    timeline           integer      NOT NULL,
    database_oid       bigint       NOT NULL,
    begun_at           timestamptz  NOT NULL DEFAULT clock_timestamp()
);
COMMENT ON TABLE  pcx.audit_epoch                   IS 'Trees: a new one after each restore elsewhere';
COMMENT ON COLUMN pcx.audit_epoch.number            IS 'From 1 on';
COMMENT ON COLUMN pcx.audit_epoch.origin            IS 'First line of its checkpoints';
COMMENT ON COLUMN pcx.audit_epoch.system_identifier IS 'Of the cluster, from pg_control_system()';
COMMENT ON COLUMN pcx.audit_epoch.timeline          IS 'Of the cluster then';
COMMENT ON COLUMN pcx.audit_epoch.database_oid      IS 'Of the database';
COMMENT ON COLUMN pcx.audit_epoch.begun_at          IS 'When';

CREATE TABLE pcx.checkpoint (
    epoch         integer      NOT NULL REFERENCES pcx.audit_epoch,
    size          bigint       NOT NULL CHECK (size >= 0),
    sealed_at     timestamptz  NOT NULL,
    first_size    bigint       NOT NULL,
    last_segment  integer      NOT NULL,
    last_xid      xid8         NOT NULL,
    last_seq      bigint       NOT NULL,
    max_seq       bigint       NOT NULL,
    note          text         NOT NULL,
    PRIMARY KEY (epoch, size, sealed_at)
);
COMMENT ON TABLE  pcx.checkpoint              IS 'Signed states of the tree (C2SP notes)';
COMMENT ON COLUMN pcx.checkpoint.epoch        IS 'The tree';
COMMENT ON COLUMN pcx.checkpoint.size         IS 'Leaves in it';
COMMENT ON COLUMN pcx.checkpoint.sealed_at    IS 'When; the same size again: a heartbeat';
COMMENT ON COLUMN pcx.checkpoint.first_size   IS 'Leaves before it: what it added begins there';
COMMENT ON COLUMN pcx.checkpoint.last_segment IS 'Segment of its last leaf';
COMMENT ON COLUMN pcx.checkpoint.last_xid     IS 'Transaction of its last leaf';
COMMENT ON COLUMN pcx.checkpoint.last_seq     IS 'Order of its last leaf within it';
COMMENT ON COLUMN pcx.checkpoint.max_seq      IS 'The highest seq of all its leaves';
COMMENT ON COLUMN pcx.checkpoint.note         IS 'The signed note';

CREATE TABLE pcx.tile (
    epoch   integer   NOT NULL REFERENCES pcx.audit_epoch,
    level   smallint  NOT NULL CHECK (level BETWEEN 0 AND 7),
    number  bigint    NOT NULL CHECK (number >= 0),
    hashes  bytea     NOT NULL CHECK (octet_length(hashes) BETWEEN 32 AND 8192),
    PRIMARY KEY (epoch, level, number)
) WITH (fillfactor = 50);
ALTER TABLE pcx.tile ALTER COLUMN hashes SET STORAGE EXTERNAL;
COMMENT ON TABLE  pcx.tile        IS 'The tree: C2SP tiles of 256 hashes, the last of a level partial';
COMMENT ON COLUMN pcx.tile.epoch  IS 'The tree';
COMMENT ON COLUMN pcx.tile.level  IS '0: leaves; above: every 256 of the level below';
COMMENT ON COLUMN pcx.tile.number IS 'Position in the level';
COMMENT ON COLUMN pcx.tile.hashes IS '32 bytes each';

-- --- Functions of triggers. They run as the owner of schema pcx, whom the application's role need not be.

-- Without the key a change of a table with digests cannot be captured: a digest that is not there would
-- look like a value that was NULL.
CREATE FUNCTION pcx.audit_digest(value text) RETURNS text
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    digest bytea;
BEGIN
    SELECT sha256(k.outer_pad || sha256(k.inner_pad || convert_to(value, 'UTF8'))) INTO digest
      FROM pcx.audit_digest_key AS k;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the audit trail has no key for its digests'
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Run "pcx audit install", which makes one.';
    END IF;
    RETURN 'hmac:' || coalesce(substring(value FROM '^enc:(v1|v2:[0-9]+):'), '') || ':'
           || encode(digest, 'hex');
END $$;

-- For whoever watches the trail and may not read the key.
CREATE FUNCTION pcx.audit_has_digest_key() RETURNS boolean LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
    SELECT EXISTS (SELECT FROM pcx.audit_digest_key)
$$;

CREATE FUNCTION pcx.audit_hide(image jsonb, dropped text[], hashed text[]) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
    SELECT (image - dropped) || coalesce(
        (SELECT jsonb_object_agg(name, pcx.audit_digest(image ->> name))
           FROM unnest(hashed) AS name
          WHERE image ->> name IS NOT NULL), '{}')
$$;

CREATE FUNCTION pcx.audit_note(kind text, details jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp SET client_encoding = 'UTF8' AS $$
DECLARE
    seq  bigint := nextval('pcx.audit_seq');
    xid  xid8 := pg_current_xact_id();
    at   timestamptz := clock_timestamp();
    db_user text := session_user;
BEGIN
    INSERT INTO pcx.audit_meta VALUES (seq, xid, at, kind, db_user, details);
    INSERT INTO pcx.ledger VALUES (pcx.audit_segment(), xid, seq, at, 'M', 1, NULL, NULL,
        sha256(E'\\x00706378314d'::bytea || record_send(ROW(seq, xid, at, kind, db_user, details))));
    RETURN seq;
END $$;

-- A primary key as the trail writes it: of several columns, and of none, a JSON array.
CREATE FUNCTION pcx.audit_key(image jsonb, keys text[]) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $$
BEGIN
    IF cardinality(keys) = 1 THEN RETURN image ->> keys[1]; END IF;
    RETURN (SELECT jsonb_agg(image -> name ORDER BY place)::text
              FROM unnest(keys) WITH ORDINALITY AS k (name, place));
END $$;

-- Whether pcx.audit_resealed() has told of this row in the same transaction, and what its changed columns
-- become is encrypted: `becomes` has them, `was` may have more.
CREATE FUNCTION pcx.audit_is_told(relation text, row_key text, was jsonb, becomes jsonb) RETURNS boolean
LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM pcx.audit_pass AS p
                    WHERE p.xid = pg_current_xact_id_if_assigned() AND p.deed = 'reseal'
                      AND p.relation = audit_is_told.relation AND p.ids ? audit_is_told.row_key)
    THEN RETURN false; END IF;
    RETURN NOT EXISTS (SELECT FROM jsonb_each(becomes) AS n
                        WHERE NOT coalesce(n.value #>> '{}' ^@ 'enc:v'
                                           OR pcx.audit_is_reseal(was -> n.key, n.value), false));
END $$;

-- Called by the triggers below, with their settings: record_send() follows client_encoding, and with it
-- fixed the digest is the same in every session. `arguments` begin at 0, as TG_ARGV does. Whether there
-- was something to write; an assignment of it costs less than PERFORM, which starts an executor.
CREATE FUNCTION pcx.audit_row(relation text, op "char", old_row jsonb, new_row jsonb, arguments text[])
RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    before  jsonb := old_row;
    after   jsonb := new_row;
    image   jsonb := coalesce(new_row, old_row);
    keys    text[] := arguments[0];
    dropped text[] := arguments[1];
    hashed  text[] := arguments[2];
    ignored text[] := arguments[3];
    seq     bigint;
    xid     xid8 := pg_current_xact_id();
    at      timestamptz;
    row_key text;
    tenant  text := image ->> 'tenantId';
    actor   text := coalesce(nullif(current_setting('pcx.actor', true), ''), image ->> 'updatedBy',
                             image ->> 'createdBy', session_user);
    correlation text := nullif(current_setting('pcx.correlation', true), '');
    address     text := nullif(current_setting('pcx.address', true), '');
    db_user     text := session_user;
    application text := current_setting('application_name');
BEGIN
    IF op = 'U' THEN
        SELECT jsonb_object_agg(n.key, n.value), jsonb_object_agg(n.key, old_row -> n.key)
          INTO after, before
          FROM jsonb_each(new_row) AS n
         WHERE old_row -> n.key IS DISTINCT FROM n.value;
        IF after IS NULL OR after - ignored = '{}' THEN RETURN false; END IF;
        -- A rotation of keys changes ciphertexts and nothing else, and notes that down in one leaf.
        IF cardinality(hashed) > 0 AND after - ignored - hashed = '{}'
           AND pcx.audit_is_told(relation, pcx.audit_key(image, keys), before, after - ignored)
        THEN RETURN false; END IF;
    END IF;
    IF cardinality(dropped) + cardinality(hashed) > 0 THEN
        -- A column that is kept out has another name now: under that one it must not be told.
        IF image ?& (dropped || hashed) THEN
            before := pcx.audit_hide(before, dropped, hashed);
            after := pcx.audit_hide(after, dropped, hashed);
        ELSE
            before := CASE WHEN before IS NOT NULL THEN '{"pcx": "hidden"}'::jsonb END;
            after := CASE WHEN after IS NOT NULL THEN '{"pcx": "hidden"}'::jsonb END;
        END IF;
    END IF;
    IF cardinality(keys) = 1 THEN
        row_key := image ->> keys[1];
    ELSE
        row_key := pcx.audit_key(image, keys);
    END IF;
    seq := nextval('pcx.audit_seq');
    at := clock_timestamp();
    INSERT INTO pcx.change VALUES (pcx.audit_segment(), xid, seq, at, relation, op, row_key, tenant, actor,
        correlation, address, db_user, application, before, after);
    INSERT INTO pcx.ledger VALUES (pcx.audit_segment(), xid, seq, at, 'C', 1, NULL, NULL,
        sha256(E'\\x007063783143'::bytea || record_send(ROW(seq, xid, at, relation, op, row_key, tenant, actor,
            correlation, address, db_user, application, before, after))));
    RETURN true;
END $$;

-- Arguments: key columns, dropped, hashed and ignored columns, each an array literal. What a session has
-- set must not change how values are written, nor round them until two are the same.
CREATE FUNCTION pcx.audit_capture() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET client_encoding = 'UTF8'
SET extra_float_digits = 1 SET TimeZone = 'UTC' SET bytea_output = 'hex' SET IntervalStyle = 'postgres'
AS $$
DECLARE
    written boolean;
BEGIN
    written := pcx.audit_row(TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME, left(TG_OP, 1)::"char",
        CASE WHEN TG_OP IN ('UPDATE', 'DELETE') THEN to_jsonb(OLD) END,
        CASE WHEN TG_OP IN ('INSERT', 'UPDATE') THEN to_jsonb(NEW) END, TG_ARGV);
    RETURN NULL;
END $$;

-- The same where a change is not to fail with its row here: what fails is counted.
CREATE FUNCTION pcx.audit_capture_or_count() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET client_encoding = 'UTF8'
SET extra_float_digits = 1 SET TimeZone = 'UTC' SET bytea_output = 'hex' SET IntervalStyle = 'postgres'
AS $$
DECLARE
    written boolean;
BEGIN
    BEGIN
        written := pcx.audit_row(TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME, left(TG_OP, 1)::"char",
            CASE WHEN TG_OP IN ('UPDATE', 'DELETE') THEN to_jsonb(OLD) END,
            CASE WHEN TG_OP IN ('INSERT', 'UPDATE') THEN to_jsonb(NEW) END, TG_ARGV);
    EXCEPTION WHEN OTHERS THEN
        INSERT INTO pcx.audit_lost AS l VALUES (TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME,
            (clock_timestamp() AT TIME ZONE 'UTC')::date, 1, SQLSTATE, clock_timestamp())
            ON CONFLICT ON CONSTRAINT audit_lost_pkey DO UPDATE
            SET changes = l.changes + 1, last_at = excluded.last_at;
    END;
    RETURN NULL;
END $$;

CREATE FUNCTION pcx.audit_truncated() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET client_encoding = 'UTF8' AS $$
BEGIN
    PERFORM pcx.audit_row(TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME, 'T', NULL, NULL,
        '[0:3]={"{}","{}","{}","{}"}'::text[]);
    RETURN NULL;
END $$;

-- Encrypted texts of a document of the application's trail are replaced when keys are rotated, so a leaf
-- commits to them apart from the rest. A jsonb is written in one way only: a quote before which there is
-- no backslash begins or ends a string, and what a colon follows is a name. The bare word that is put in
-- their place is no JSON, so no text can pretend to be it. NULL where there are none. Audit/sealed_texts.h
-- does the same.
-- Not with a search_path of its own, so that it becomes part of the expression that asks.
CREATE FUNCTION pcx.audit_masked(document jsonb) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN pg_catalog.strpos(document::text, '"enc:v') OPERATOR(pg_catalog.>) 0
                THEN NULLIF(pg_catalog.regexp_replace(document::text,
                         E'(?<!\\\\)"enc:v[0-9]+:[^"\\\\]*"(?!:)', 'sealed', 'g'), document::text) END
$$;

-- SHA-256 of those texts, quotes included, one after the other. NULL where there are none.
CREATE FUNCTION pcx.audit_sealed(document jsonb) RETURNS bytea LANGUAGE plpgsql IMMUTABLE
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF strpos(document::text, '"enc:v') = 0 THEN RETURN NULL; END IF;
    RETURN (SELECT sha256(convert_to(string_agg(t.found[1], ''), 'UTF8'))
              FROM regexp_matches(document::text, E'(?<!\\\\)"enc:v[0-9]+:[^"\\\\]*"(?!:)', 'g') AS t (found));
END $$;

-- A row of the application's own trail. Its columns are named one by one: a later column of the table
-- does not change what was sealed. The last field is what audit_sealed() says of `changes`; where there
-- is such a digest, `changes` is in the record as audit_masked() has it, as text.
CREATE FUNCTION pcx.audit_log_leaf(id text, "userId" text, action text, resource text, "resourceId" text,
    changes jsonb, metadata jsonb, "ipAddress" text, "userAgent" text, "timestamp" timestamp,
    "tenantId" text) RETURNS bytea
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET client_encoding = 'UTF8' AS $$
DECLARE
    masked text := pcx.audit_masked(changes);
BEGIN
    IF masked IS NULL THEN
        RETURN sha256(E'\\x007063783141'::bytea || record_send(ROW(id, "userId", action, resource,
            "resourceId", changes, metadata, "ipAddress", "userAgent", "timestamp", "tenantId",
            NULL::bytea)));
    END IF;
    RETURN sha256(E'\\x007063783141'::bytea || record_send(ROW(id, "userId", action, resource,
        "resourceId", masked, metadata, "ipAddress", "userAgent", "timestamp", "tenantId",
        pcx.audit_sealed(changes))));
END $$;

CREATE FUNCTION pcx.audit_log_row() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET client_encoding = 'UTF8' AS $$
BEGIN
    INSERT INTO pcx.ledger VALUES (pcx.audit_segment(), pg_current_xact_id(), nextval('pcx.audit_seq'),
        clock_timestamp(), 'A', 1, NEW.id, NEW.ctid,
        pcx.audit_log_leaf(NEW.id, NEW."userId", NEW.action, NEW.resource, NEW."resourceId", NEW.changes,
            NEW.metadata, NEW."ipAddress", NEW."userAgent", NEW."timestamp", NEW."tenantId"));
    RETURN NULL;
END $$;

-- What is in the trail does not change. Only pcx's own functions are let through, which write down in
-- the same transaction what they do; whoever gets around them is found by `pcx audit verify`.
CREATE TABLE pcx.audit_pass (
    xid       xid8   NOT NULL,
    deed      text   NOT NULL CHECK (deed IN ('retain', 'epoch', 'copies', 'reseal')),
    relation  text,
    ids       jsonb,
    PRIMARY KEY (xid, deed)
);
COMMENT ON TABLE  pcx.audit_pass      IS 'Transactions that may change the trail just now; empty outside of them';
COMMENT ON COLUMN pcx.audit_pass.xid  IS 'The transaction';
COMMENT ON COLUMN pcx.audit_pass.deed IS 'What it does';
COMMENT ON COLUMN pcx.audit_pass.relation IS 'To which table; NULL: to the trail''s own';
COMMENT ON COLUMN pcx.audit_pass.ids IS 'To which of its rows: an array of primary keys as text; NULL: the deed says';

-- Whoever has let the pass lie until here must not keep it: after a restore another transaction may
-- have the same number.
CREATE FUNCTION pcx.audit_pass_ends() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM pcx.audit_pass AS p WHERE p.xid = NEW.xid;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER pcx_audit_pass_ends AFTER INSERT ON pcx.audit_pass
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION pcx.audit_pass_ends();
ALTER TABLE pcx.audit_pass ENABLE ALWAYS TRIGGER pcx_audit_pass_ends;

-- What each deed may do: retain empties months, epoch moves rows into a tree, copies rewrites rows of
-- public.audit_logs that it names.
CREATE FUNCTION pcx.audit_guard() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    name text := TG_TABLE_SCHEMA || '.' || TG_TABLE_NAME;
    wanted text := CASE WHEN TG_OP = 'TRUNCATE' AND name ~ '^pcx\.(change|ledger)_[0-9]{6}$' THEN 'retain'
                        WHEN TG_OP = 'UPDATE' AND name ~ '^pcx\.(change|ledger)_' THEN 'epoch'
                        WHEN TG_OP = 'UPDATE' AND name = 'public.audit_logs' THEN 'copies' END;
    passes boolean := false;
BEGIN
    IF wanted = 'copies' THEN
        passes := EXISTS (SELECT FROM pcx.audit_pass AS p
                           WHERE p.xid = pg_current_xact_id_if_assigned() AND p.deed = 'copies'
                             AND p.relation = name AND p.ids ? OLD.id);
    ELSIF wanted IS NOT NULL THEN
        passes := EXISTS (SELECT FROM pcx.audit_pass AS p
                           WHERE p.xid = pg_current_xact_id_if_assigned() AND p.deed = wanted);
    END IF;
    IF NOT passes THEN
        RAISE EXCEPTION '%.% is part of the audit trail: it is only added to', TG_TABLE_SCHEMA, TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation',
                  HINT = 'Old rows leave it by "pcx audit retain".';
    END IF;
    RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER pcx_audit_guard BEFORE UPDATE OR DELETE ON pcx.change
    FOR EACH ROW EXECUTE FUNCTION pcx.audit_guard();
CREATE TRIGGER pcx_audit_guard BEFORE UPDATE OR DELETE ON pcx.ledger
    FOR EACH ROW EXECUTE FUNCTION pcx.audit_guard();
CREATE TRIGGER pcx_audit_guard BEFORE UPDATE OR DELETE ON pcx.audit_meta
    FOR EACH ROW EXECUTE FUNCTION pcx.audit_guard();
CREATE TRIGGER pcx_audit_guard BEFORE UPDATE OR DELETE ON pcx.checkpoint
    FOR EACH ROW EXECUTE FUNCTION pcx.audit_guard();
CREATE TRIGGER pcx_audit_guard_all BEFORE TRUNCATE ON pcx.change EXECUTE FUNCTION pcx.audit_guard();
CREATE TRIGGER pcx_audit_guard_all BEFORE TRUNCATE ON pcx.change_default EXECUTE FUNCTION pcx.audit_guard();
CREATE TRIGGER pcx_audit_guard_all BEFORE TRUNCATE ON pcx.ledger EXECUTE FUNCTION pcx.audit_guard();
CREATE TRIGGER pcx_audit_guard_all BEFORE TRUNCATE ON pcx.ledger_default EXECUTE FUNCTION pcx.audit_guard();
CREATE TRIGGER pcx_audit_guard_all BEFORE TRUNCATE ON pcx.audit_meta EXECUTE FUNCTION pcx.audit_guard();
CREATE TRIGGER pcx_audit_guard_all BEFORE TRUNCATE ON pcx.checkpoint EXECUTE FUNCTION pcx.audit_guard();
ALTER TABLE pcx.change ENABLE ALWAYS TRIGGER pcx_audit_guard;
ALTER TABLE pcx.ledger ENABLE ALWAYS TRIGGER pcx_audit_guard;
ALTER TABLE pcx.audit_meta ENABLE ALWAYS TRIGGER pcx_audit_guard;
ALTER TABLE pcx.checkpoint ENABLE ALWAYS TRIGGER pcx_audit_guard;
ALTER TABLE pcx.change ENABLE ALWAYS TRIGGER pcx_audit_guard_all;
ALTER TABLE pcx.change_default ENABLE ALWAYS TRIGGER pcx_audit_guard_all;
ALTER TABLE pcx.ledger ENABLE ALWAYS TRIGGER pcx_audit_guard_all;
ALTER TABLE pcx.ledger_default ENABLE ALWAYS TRIGGER pcx_audit_guard_all;
ALTER TABLE pcx.audit_meta ENABLE ALWAYS TRIGGER pcx_audit_guard_all;
ALTER TABLE pcx.checkpoint ENABLE ALWAYS TRIGGER pcx_audit_guard_all;

-- Months ahead, each with guards of its own against TRUNCATE of it alone. A month that is not there in
-- time falls into the default partition, and nothing is lost: it stays there. Attached, not created as a
-- partition: that would wait for all writers, and they for it. What readers or writers hold is left to the
-- next run: behind a lock that is waited for everybody waits. Returns how many partitions it made.
CREATE FUNCTION pcx.audit_make_month(stem text, month date) RETURNS boolean LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    name    text := stem || to_char(month, '_YYYYMM');
    begins  timestamptz := month::timestamp AT TIME ZONE 'UTC';
    ends    timestamptz := (month + interval '1 month')::timestamp AT TIME ZONE 'UTC';
    is_late boolean;
BEGIN
    IF to_regclass('pcx.' || name) IS NOT NULL THEN RETURN false; END IF;
    EXECUTE format('SELECT EXISTS (SELECT FROM pcx.%I WHERE at >= $1 AND at < $2)', stem || '_default')
       INTO is_late USING begins, ends;
    IF is_late THEN RETURN false; END IF;
    EXECUTE format('CREATE TABLE pcx.%I (LIKE pcx.%I INCLUDING ALL)', name, stem);
    EXECUTE format('ALTER TABLE pcx.%I ATTACH PARTITION pcx.%I FOR VALUES FROM (%L) TO (%L)', stem,
        name, to_char(month, 'YYYY-MM-DD') || ' 00:00:00+00',
        to_char(month + interval '1 month', 'YYYY-MM-DD') || ' 00:00:00+00');
    EXECUTE format('CREATE TRIGGER pcx_audit_guard_all BEFORE TRUNCATE ON pcx.%I '
        'EXECUTE FUNCTION pcx.audit_guard()', name);
    EXECUTE format('ALTER TABLE pcx.%I ENABLE ALWAYS TRIGGER pcx_audit_guard_all', name);
    RETURN true;
EXCEPTION WHEN lock_not_available THEN
    RETURN false;
END $$;

CREATE FUNCTION pcx.audit_make_months(ahead integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET lock_timeout = '200ms' AS $$
DECLARE
    first date := date_trunc('month', clock_timestamp() AT TIME ZONE 'UTC')::date;
    month date;
    stem  text;
    made  integer := 0;
BEGIN
    -- The bytes of "pcxmonth".
    IF NOT pg_try_advisory_xact_lock(x'7063786d6f6e7468'::bigint) THEN RETURN 0; END IF;
    FOR month IN SELECT (first + make_interval(months => n))::date FROM generate_series(0, ahead) AS n LOOP
        FOREACH stem IN ARRAY ARRAY['change', 'ledger'] LOOP
            IF pcx.audit_make_month(stem, month) THEN made := made + 1; END IF;
        END LOOP;
    END LOOP;
    RETURN made;
END $$;

-- A new tree: at the beginning, and after a restore. Writers wait meanwhile, so that what is there is all
-- that was written before; who calls it limits how long it waits for them (lock_timeout), for behind it
-- everybody waits. Numbers of `seq` go on after a restore, those of transactions need not: what no tree has
-- is behind its last leaf, or has a higher seq than all of them, and was then not written long before.
CREATE FUNCTION pcx.audit_open_epoch(origin text, system_identifier text, timeline integer,
    database_oid bigint, previous_note text) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    epoch integer;
    last  record;
BEGIN
    -- In the order in which writers take theirs.
    LOCK TABLE pcx.change IN SHARE ROW EXCLUSIVE MODE;
    LOCK TABLE pcx.ledger IN SHARE ROW EXCLUSIVE MODE;
    SELECT coalesce(max(e.number), 0) + 1 INTO epoch FROM pcx.audit_epoch AS e;
    INSERT INTO pcx.audit_epoch VALUES (epoch, origin, system_identifier, timeline, database_oid);
    IF epoch > 1 THEN
        SELECT c.last_segment, c.last_xid, c.last_seq, c.max_seq, c.sealed_at INTO last
          FROM pcx.checkpoint AS c ORDER BY c.epoch DESC, c.size DESC, c.sealed_at DESC LIMIT 1;
        INSERT INTO pcx.audit_pass VALUES (pg_current_xact_id(), 'epoch');
        IF last.last_seq IS NULL THEN  -- nothing was ever sealed
            UPDATE pcx.ledger AS l SET segment = 2 * epoch;
            UPDATE pcx.change AS l SET segment = 2 * epoch;
        ELSE
            UPDATE pcx.ledger AS l SET segment = 2 * epoch
             WHERE (l.segment, l.xid, l.seq) > (last.last_segment, last.last_xid, last.last_seq);
            UPDATE pcx.change AS l SET segment = 2 * epoch
             WHERE (l.segment, l.xid, l.seq) > (last.last_segment, last.last_xid, last.last_seq);
            UPDATE pcx.ledger AS l SET segment = 2 * epoch
             WHERE l.seq > last.max_seq AND l.at > last.sealed_at - interval '1 day'
               AND l.segment < 2 * epoch;
            UPDATE pcx.change AS l SET segment = 2 * epoch
             WHERE l.seq > last.max_seq AND l.at > last.sealed_at - interval '1 day'
               AND l.segment < 2 * epoch;
        END IF;
        DELETE FROM pcx.audit_pass AS p WHERE p.xid = pg_current_xact_id();
    END IF;
    EXECUTE format('CREATE OR REPLACE FUNCTION pcx.audit_segment() RETURNS integer LANGUAGE sql STABLE '
        'AS ''SELECT %s''', 2 * epoch + 1);
    PERFORM pcx.audit_note('epoch', jsonb_build_object('number', epoch, 'origin', origin,
        'system_identifier', system_identifier, 'timeline', timeline, 'database_oid', database_oid,
        'previous', previous_note));
    RETURN epoch;
END $$;

-- --- Rotation of keys.

-- Whether nothing but encrypted texts differs, and there are some. NULL where there are none.
CREATE FUNCTION pcx.audit_is_reseal(was jsonb, becomes jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT pcx.audit_masked(was) OPERATOR(pg_catalog.=) pcx.audit_masked(becomes)
$$;

-- Copies of encrypted values in the application's trail, under another key: what the columns of
-- public.audit_logs say becomes what is given, where they still say `was`. Each row gets a leaf of its
-- new content, and a note of kind 'reseal' tells what its encrypted texts were: {"relation", "ids", "was",
-- "becomes", "from", "to", "actor", "reason"}, where "was" and "becomes" are what audit_sealed() says of
-- each, in hexadecimal. With it the old leaf can be computed from the row as it is now, so a note of
-- anything but a change of encrypted texts does not fit. Returns the ids of the rows that were written.
CREATE FUNCTION pcx.audit_reseal(ids text[], was jsonb[], becomes jsonb[], key_from integer[],
    key_to integer, actor text, reason text) RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET client_encoding = 'UTF8' AS $$
DECLARE
    written     text[];
    sealed_was  text[];
    sealed_now  text[];
BEGIN
    IF EXISTS (SELECT FROM unnest(was, becomes) AS p (a, b)
                WHERE pcx.audit_is_reseal(p.a, p.b) IS NOT TRUE) THEN
        RAISE EXCEPTION 'public.audit_logs is part of the audit trail: only encrypted texts of it change'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF EXISTS (SELECT FROM pg_trigger AS t
                JOIN pg_proc AS f ON f.oid = t.tgfoid
               WHERE t.tgrelid = 'public.audit_logs'::regclass AND NOT t.tgisinternal
                 AND t.tgtype & 16 <> 0  -- UPDATE
                 AND t.tgenabled IN ('A', CASE current_setting('session_replication_role')
                                               WHEN 'replica' THEN 'R' ELSE 'O' END)
                 AND f.pronamespace <> 'pcx'::regnamespace) THEN
        RAISE EXCEPTION 'public.audit_logs has triggers of others, which could change more of its rows'
            USING ERRCODE = 'object_not_in_prerequisite_state',
                  HINT = 'Drop or disable its triggers on UPDATE but pcx''s.';
    END IF;
    INSERT INTO pcx.audit_pass AS p
    VALUES (pg_current_xact_id(), 'copies', 'public.audit_logs', to_jsonb(ids))
        ON CONFLICT ON CONSTRAINT audit_pass_pkey DO UPDATE SET ids = excluded.ids;
    WITH done AS (
        UPDATE public.audit_logs AS a SET changes = d.becomes
          FROM unnest(ids, was, becomes) AS d (id, was, becomes)
         WHERE a.id = d.id AND a.changes::text = d.was::text
        RETURNING a.id, a.ctid AS tid, pcx.audit_sealed(d.was) AS was, pcx.audit_sealed(a.changes) AS becomes,
            pcx.audit_log_leaf(a.id, a."userId", a.action, a.resource, a."resourceId", a.changes,
                a.metadata, a."ipAddress", a."userAgent", a."timestamp", a."tenantId") AS leaf
    ), ledger AS (
        INSERT INTO pcx.ledger
        SELECT pcx.audit_segment(), pg_current_xact_id(), nextval('pcx.audit_seq'), clock_timestamp(), 'A',
               1, d.id, d.tid, d.leaf
          FROM done AS d
    )
    SELECT array_agg(d.id), array_agg(encode(d.was, 'hex')), array_agg(encode(d.becomes, 'hex'))
      INTO written, sealed_was, sealed_now
      FROM done AS d;
    DELETE FROM pcx.audit_pass AS p WHERE p.xid = pg_current_xact_id() AND p.deed = 'copies';
    IF written IS NULL THEN RETURN; END IF;
    PERFORM pcx.audit_note('reseal', jsonb_build_object('relation', 'public.audit_logs', 'ids', written,
        'was', sealed_was, 'becomes', sealed_now, 'from', key_from, 'to', key_to, 'actor', actor,
        'reason', reason));
    RETURN QUERY SELECT unnest(written);
END $$;

-- The same for rows of an audited table, which were updated in the same statement: their triggers, which
-- fire at its end, write no images of these rows where nothing but columns of which digests are kept has
-- changed, and to encrypted values. One note instead, without digests. Returns the rows.
CREATE FUNCTION pcx.audit_resealed(relation text, ids text[], key_from integer[], key_to integer,
    actor text, reason text) RETURNS SETOF text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF cardinality(ids) = 0 THEN RETURN; END IF;
    INSERT INTO pcx.audit_pass AS p VALUES (pg_current_xact_id(), 'reseal', relation, to_jsonb(ids))
        ON CONFLICT ON CONSTRAINT audit_pass_pkey
        DO UPDATE SET relation = excluded.relation, ids = excluded.ids;
    PERFORM pcx.audit_note('reseal', jsonb_build_object('relation', relation, 'ids', ids,
        'from', key_from, 'to', key_to, 'actor', actor, 'reason', reason));
    RETURN QUERY SELECT unnest(ids);
END $$;

-- DDL that touches the trail or an audited table is a leaf of its own. Which triggers there are
-- afterwards tells ALTER TABLE ... DISABLE TRIGGER from other ALTER TABLEs.
CREATE FUNCTION pcx.audit_triggers_of(relation oid) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog AS $$
    SELECT coalesce(jsonb_object_agg(t.tgname, t.tgenabled), '{}')
      FROM pg_trigger AS t
     WHERE t.tgrelid = relation AND t.tgname ^@ 'pcx_audit'
$$;

-- A leaf is over these columns and their types: without one the application could write nothing any more,
-- with another type no row would fit its leaf.
CREATE FUNCTION pcx.audit_require_columns(relation oid) RETURNS void LANGUAGE plpgsql STABLE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    missing text;
BEGIN
    SELECT string_agg(c.name, ', ') INTO missing
      FROM (VALUES ('id', 'text'), ('userId', 'text'), ('action', 'text'), ('resource', 'text'),
                   ('resourceId', 'text'), ('changes', 'jsonb'), ('metadata', 'jsonb'), ('ipAddress', 'text'),
                   ('userAgent', 'text'), ('timestamp', 'timestamp'), ('tenantId', 'text')) AS c (name, type)
     WHERE NOT EXISTS (SELECT FROM pg_attribute AS a
                        WHERE a.attrelid = relation AND a.attname = c.name AND NOT a.attisdropped
                          AND a.atttypid = c.type::regtype);
    IF missing IS NOT NULL THEN
        RAISE EXCEPTION 'public.audit_logs is part of the audit trail: % stay as they are', missing
            USING ERRCODE = 'integrity_constraint_violation',
                  HINT = 'Take the trail off first: pcx audit uninstall.';
    END IF;
END $$;

CREATE FUNCTION pcx.audit_ddl() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    command record;
BEGIN
    FOR command IN
        SELECT c.command_tag, c.object_type, c.object_identity,
               CASE WHEN c.classid = 'pg_trigger'::regclass
                    THEN (SELECT t.tgrelid FROM pg_trigger AS t WHERE t.oid = c.objid)
                    WHEN c.classid = 'pg_class'::regclass THEN c.objid END AS relation,
               c.schema_name
          FROM pg_event_trigger_ddl_commands() AS c
    LOOP
        CONTINUE WHEN NOT coalesce(command.schema_name = 'pcx', false)
            AND NOT EXISTS (
                SELECT FROM pg_class AS r
                  JOIN pg_namespace AS n ON n.oid = r.relnamespace
                 WHERE r.oid = command.relation
                   AND (n.nspname || '.' || r.relname IN (SELECT a.relation FROM pcx.audit_table AS a)
                        OR n.nspname || '.' || r.relname = 'public.audit_logs'));
        IF command.relation = to_regclass('public.audit_logs') AND command.command_tag = 'ALTER TABLE' THEN
            PERFORM pcx.audit_require_columns(command.relation);
        END IF;
        PERFORM pcx.audit_note('ddl', jsonb_build_object('tag', command.command_tag,
            'object', command.object_identity,
            'triggers', pcx.audit_triggers_of(command.relation)));
    END LOOP;
END $$;

CREATE FUNCTION pcx.audit_drop() RETURNS event_trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    dropped record;
BEGIN
    -- The trail itself goes: nobody is left to be told.
    IF to_regclass('pcx.audit_meta') IS NULL OR to_regclass('pcx.ledger') IS NULL THEN RETURN; END IF;
    FOR dropped IN
        SELECT d.object_type, d.object_identity, d.schema_name
          FROM pg_event_trigger_dropped_objects() AS d
         WHERE (d.schema_name = 'pcx' AND d.object_type IN ('table', 'function', 'sequence', 'trigger'))
            OR (d.object_type = 'trigger' AND d.object_name IS NULL AND d.address_names[3] ^@ 'pcx_audit')
            OR (d.object_type = 'table'
                AND (d.schema_name || '.' || d.object_name IN (SELECT a.relation FROM pcx.audit_table AS a)
                     OR d.schema_name || '.' || d.object_name = 'public.audit_logs'))
    LOOP
        PERFORM pcx.audit_note('drop',
            jsonb_build_object('type', dropped.object_type, 'object', dropped.object_identity));
    END LOOP;
END $$;

-- What must not leave the trail, however old it is.
CREATE TABLE pcx.legal_hold (
    id           bigint       PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    reason       text         NOT NULL CHECK (reason <> ''),
    tenant       text,
    relation     text,
    row_key      text,
    actor        text,
    since        timestamptz,
    until        timestamptz,
    placed_at    timestamptz  NOT NULL DEFAULT clock_timestamp(),
    placed_by    text         NOT NULL,
    released_at  timestamptz,
    released_by  text,
    CHECK ((released_at IS NULL) = (released_by IS NULL))
);
COMMENT ON TABLE  pcx.legal_hold             IS 'What of the trail is kept beyond its time';
COMMENT ON COLUMN pcx.legal_hold.id          IS 'Number of the hold';
COMMENT ON COLUMN pcx.legal_hold.reason      IS 'Why, as the operator said';
COMMENT ON COLUMN pcx.legal_hold.tenant      IS 'Of this tenant only';
COMMENT ON COLUMN pcx.legal_hold.relation    IS 'Of this table only';
COMMENT ON COLUMN pcx.legal_hold.row_key     IS 'Of this row only';
COMMENT ON COLUMN pcx.legal_hold.actor       IS 'By this actor only';
COMMENT ON COLUMN pcx.legal_hold.since       IS 'From then on only';
COMMENT ON COLUMN pcx.legal_hold.until       IS 'Before then only';
COMMENT ON COLUMN pcx.legal_hold.placed_at   IS 'When';
COMMENT ON COLUMN pcx.legal_hold.placed_by   IS 'By whom';
COMMENT ON COLUMN pcx.legal_hold.released_at IS 'When it ended';
COMMENT ON COLUMN pcx.legal_hold.released_by IS 'Who ended it';

-- What the trail leans on is guarded, too: losses are counted on, tiles only grow, a hold is only released.
CREATE TRIGGER pcx_audit_guard BEFORE DELETE ON pcx.audit_lost
    FOR EACH ROW EXECUTE FUNCTION pcx.audit_guard();
CREATE TRIGGER pcx_audit_guard BEFORE UPDATE OR DELETE ON pcx.audit_epoch
    FOR EACH ROW EXECUTE FUNCTION pcx.audit_guard();
CREATE TRIGGER pcx_audit_guard BEFORE DELETE ON pcx.tile
    FOR EACH ROW EXECUTE FUNCTION pcx.audit_guard();
CREATE TRIGGER pcx_audit_guard_row BEFORE UPDATE ON pcx.tile
    FOR EACH ROW WHEN ((NEW.epoch, NEW.level, NEW.number,
                        substring(NEW.hashes FROM 1 FOR octet_length(OLD.hashes)))
                       IS DISTINCT FROM (OLD.epoch, OLD.level, OLD.number, OLD.hashes))
    EXECUTE FUNCTION pcx.audit_guard();
CREATE TRIGGER pcx_audit_guard BEFORE DELETE ON pcx.legal_hold
    FOR EACH ROW EXECUTE FUNCTION pcx.audit_guard();
CREATE TRIGGER pcx_audit_guard_row BEFORE UPDATE ON pcx.legal_hold
    FOR EACH ROW WHEN (OLD.released_at IS NOT NULL
                       OR (NEW.id, NEW.reason, NEW.tenant, NEW.relation, NEW.row_key, NEW.actor, NEW.since,
                           NEW.until, NEW.placed_at, NEW.placed_by)
                       IS DISTINCT FROM (OLD.id, OLD.reason, OLD.tenant, OLD.relation, OLD.row_key,
                           OLD.actor, OLD.since, OLD.until, OLD.placed_at, OLD.placed_by))
    EXECUTE FUNCTION pcx.audit_guard();
CREATE TRIGGER pcx_audit_guard_all BEFORE TRUNCATE ON pcx.audit_lost EXECUTE FUNCTION pcx.audit_guard();
CREATE TRIGGER pcx_audit_guard_all BEFORE TRUNCATE ON pcx.audit_epoch EXECUTE FUNCTION pcx.audit_guard();
CREATE TRIGGER pcx_audit_guard_all BEFORE TRUNCATE ON pcx.audit_table EXECUTE FUNCTION pcx.audit_guard();
CREATE TRIGGER pcx_audit_guard_all BEFORE TRUNCATE ON pcx.tile EXECUTE FUNCTION pcx.audit_guard();
CREATE TRIGGER pcx_audit_guard_all BEFORE TRUNCATE ON pcx.legal_hold EXECUTE FUNCTION pcx.audit_guard();
ALTER TABLE pcx.audit_lost ENABLE ALWAYS TRIGGER pcx_audit_guard;
ALTER TABLE pcx.audit_epoch ENABLE ALWAYS TRIGGER pcx_audit_guard;
ALTER TABLE pcx.tile ENABLE ALWAYS TRIGGER pcx_audit_guard;
ALTER TABLE pcx.tile ENABLE ALWAYS TRIGGER pcx_audit_guard_row;
ALTER TABLE pcx.legal_hold ENABLE ALWAYS TRIGGER pcx_audit_guard;
ALTER TABLE pcx.legal_hold ENABLE ALWAYS TRIGGER pcx_audit_guard_row;
ALTER TABLE pcx.audit_lost ENABLE ALWAYS TRIGGER pcx_audit_guard_all;
ALTER TABLE pcx.audit_epoch ENABLE ALWAYS TRIGGER pcx_audit_guard_all;
ALTER TABLE pcx.audit_table ENABLE ALWAYS TRIGGER pcx_audit_guard_all;
ALTER TABLE pcx.tile ENABLE ALWAYS TRIGGER pcx_audit_guard_all;
ALTER TABLE pcx.legal_hold ENABLE ALWAYS TRIGGER pcx_audit_guard_all;

-- Nobody but the owner calls these by hand; triggers run them whoever changes the table. Whoever may read
-- the ledger reads pcx.audit_segment() and pcx.audit_has_digest_key(), too.
REVOKE ALL ON FUNCTION pcx.audit_digest(text), pcx.audit_hide(jsonb, text[], text[]),
    pcx.audit_note(text, jsonb), pcx.audit_key(jsonb, text[]), pcx.audit_is_told(text, text, jsonb, jsonb),
    pcx.audit_row(text, "char", jsonb, jsonb, text[]), pcx.audit_capture(), pcx.audit_capture_or_count(),
    pcx.audit_truncated(), pcx.audit_masked(jsonb), pcx.audit_sealed(jsonb),
    pcx.audit_log_leaf(text, text, text, text, text, jsonb, jsonb, text, text, timestamp, text),
    pcx.audit_log_row(), pcx.audit_pass_ends(), pcx.audit_guard(), pcx.audit_make_month(text, date),
    pcx.audit_make_months(integer),
    pcx.audit_open_epoch(text, text, integer, bigint, text), pcx.audit_is_reseal(jsonb, jsonb),
    pcx.audit_reseal(text[], jsonb[], jsonb[], integer[], integer, text, text),
    pcx.audit_resealed(text, text[], integer[], integer, text, text), pcx.audit_triggers_of(oid),
    pcx.audit_require_columns(oid), pcx.audit_ddl(), pcx.audit_drop() FROM PUBLIC;
