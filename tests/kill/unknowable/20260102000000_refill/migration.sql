-- pcx:no-transaction
INSERT INTO tally VALUES ('before');
-- It commits by itself, and nothing in the catalog tells how far it came.
DO $$
BEGIN
  INSERT INTO tally VALUES ('half');
  COMMIT;
  PERFORM count(*) FROM gate;
  INSERT INTO tally VALUES ('whole');
END $$;
INSERT INTO tally VALUES ('after');
