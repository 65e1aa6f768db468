-- What was there is renamed, tightened and dropped.
ALTER TYPE species RENAME VALUE 'dog' TO 'canine';
ALTER TABLE owner RENAME COLUMN email TO mail;
ALTER TABLE patient ALTER COLUMN kind SET NOT NULL;
DROP INDEX visit_patient;
DELETE FROM visit WHERE patient_id > 15;
TRUNCATE invoice;
DROP MATERIALIZED VIEW revenue;
