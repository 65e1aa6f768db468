CREATE TABLE tally (what text);
