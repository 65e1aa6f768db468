CREATE TABLE tally (what text);
CREATE TABLE pet (id int PRIMARY KEY, name text UNIQUE);
INSERT INTO pet SELECT n, 'pet ' || n FROM generate_series(1, 50000) AS n;
CREATE TABLE before (oid oid);
INSERT INTO before VALUES ('pet_name_key'::regclass), ('pet_pkey'::regclass);
