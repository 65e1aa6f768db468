-- migrate:up
CREATE TABLE a (id int);-- moreSELECT 1;
-- migrate:down
DROP TABLE a;
