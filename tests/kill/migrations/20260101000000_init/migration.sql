-- Clinics and owners.
CREATE TYPE species AS ENUM ('dog', 'cat');
CREATE TABLE clinic (id int PRIMARY KEY, name text NOT NULL);
CREATE TABLE owner (
    id        int   PRIMARY KEY,
    clinic_id int   NOT NULL REFERENCES clinic,
    email     text  NOT NULL
);
CREATE UNIQUE INDEX owner_email ON owner (lower(email));
COMMENT ON TABLE clinic IS 'A practice';
INSERT INTO clinic SELECT n, 'clinic ' || n FROM generate_series(1, 3) AS n;
INSERT INTO owner SELECT n, 1 + n % 3, 'owner' || n || '@example.org' FROM generate_series(1, 20) AS n;
