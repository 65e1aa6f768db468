-- What belongs to the whole server. A setting of the file is one of each session that goes on.
SET allow_in_place_tablespaces = on;
CREATE DATABASE struck_made;
INSERT INTO tally VALUES ('after 2');
DROP DATABASE struck_old;
CREATE TABLESPACE struck_made LOCATION '';
INSERT INTO tally VALUES ('after 5');
DROP TABLESPACE struck_old;
REINDEX TABLE CONCURRENTLY pet;
INSERT INTO tally VALUES ('after 7');
