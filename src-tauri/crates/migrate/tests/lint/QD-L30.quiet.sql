-- file 1_a.up.sql
CREATE TABLE a (id INTEGER);
-- file 1_a.down.sql
DROP TABLE a;
