-- migrate:up
CREATE TABLE a (id int); INSERT INTO a VALUES ($$x;y$$, E'\'', U&'d\0061t');
-- migrate:down
DROP TABLE a;
