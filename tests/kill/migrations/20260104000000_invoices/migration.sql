-- Rows from rows, and what a role may see.
CREATE SEQUENCE invoice_number START 1000;
CREATE TABLE invoice (number int PRIMARY KEY DEFAULT nextval('invoice_number'), total numeric(10, 2));
INSERT INTO invoice (total) SELECT fee FROM visit ORDER BY id;
CREATE MATERIALIZED VIEW revenue AS SELECT count(*) AS invoices, sum(total) AS total FROM invoice;
ALTER TABLE invoice ENABLE ROW LEVEL SECURITY;
CREATE POLICY everybody ON invoice FOR SELECT USING (true);
