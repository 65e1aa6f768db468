-- A table that is changed after it was filled.
CREATE TABLE visit (id int GENERATED ALWAYS AS IDENTITY, patient_id int REFERENCES patient, at date);
INSERT INTO visit (patient_id, at) SELECT id, DATE '2026-01-01' + id FROM patient;
ALTER TABLE visit ADD COLUMN fee numeric(10, 2) NOT NULL DEFAULT 0;
UPDATE visit SET fee = patient_id * 10;
ALTER TABLE visit ADD CONSTRAINT visit_fee CHECK (fee >= 0);
CREATE INDEX visit_patient ON visit (patient_id, at);
