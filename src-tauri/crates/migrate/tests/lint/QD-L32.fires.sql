-- file 1_a.up.sql
CREATE TABLE a (id INTEGER, note TEXT);
-- file 1_a.down.sql
DROP TABLE a;
-- file 2_b.up.sql
CREATE TABLE notes (a INTEGER, note TEXT);
INSERT INTO notes (a, note) SELECT id, note FROM a;
-- file 2_b.down.sql
DROP TABLE notes;
