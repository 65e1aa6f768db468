-- Six statements that no transaction may hold; between them rows that must be there once.
CREATE INDEX CONCURRENTLY visit_pet ON visit (pet_id);
INSERT INTO tally VALUES ('after 1');
CREATE UNIQUE INDEX CONCURRENTLY ON visit (number);
INSERT INTO tally VALUES ('after 3');
DROP INDEX CONCURRENTLY visit_day;
INSERT INTO tally VALUES ('after 5');
REINDEX INDEX CONCURRENTLY visit_note;
INSERT INTO tally VALUES ('after 7');
ALTER TABLE event DETACH PARTITION event_2024 CONCURRENTLY;
INSERT INTO tally VALUES ('after 9');
VACUUM (ANALYZE) visit;
INSERT INTO tally VALUES ('after 11');
