-- Tables that are large enough for a statement to be struck in its middle.
CREATE TABLE visit (id int PRIMARY KEY, number int, pet_id int, note text, day date);
INSERT INTO visit
SELECT n, n, n % 1000, md5(n::text), DATE '2020-01-01' + n % 2000 FROM generate_series(1, 100000) AS n;
CREATE INDEX visit_day ON visit (day);
CREATE INDEX visit_note ON visit (note);
CREATE TABLE event (at date NOT NULL, what text) PARTITION BY RANGE (at);
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE event_2025 PARTITION OF event FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
INSERT INTO event SELECT DATE '2024-01-01' + n, 'event ' || n FROM generate_series(0, 700) AS n;
CREATE TABLE tally (what text);
-- By these a test knows an index that was rebuilt; a copy of a database keeps them.
CREATE TABLE before (oid oid);
INSERT INTO before VALUES ('visit_note'::regclass);
