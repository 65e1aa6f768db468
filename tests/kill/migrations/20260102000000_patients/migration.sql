-- A function, a trigger and a view.
CREATE TABLE patient (id int PRIMARY KEY, owner_id int NOT NULL REFERENCES owner, kind species);
CREATE FUNCTION forbid_birds() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.id < 0 THEN RAISE EXCEPTION 'no birds'; END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER no_birds BEFORE INSERT ON patient FOR EACH ROW EXECUTE FUNCTION forbid_birds();
INSERT INTO patient SELECT n, n, 'cat' FROM generate_series(1, 20) AS n;
CREATE VIEW cats AS SELECT id, owner_id FROM patient WHERE kind = 'cat';
GRANT SELECT ON cats TO PUBLIC;
