-- rehearsed not-back 1
-- file 1_a.up.sql
CREATE TABLE a (id INTEGER);
CREATE VIEW b AS SELECT id FROM a;
-- file 1_a.down.sql
DROP TABLE a;
