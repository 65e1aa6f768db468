CREATE TABLE tally (what text);
CREATE TABLE gate ();
