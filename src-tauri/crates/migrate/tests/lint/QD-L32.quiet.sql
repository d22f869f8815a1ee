-- file 1_a.up.sql
CREATE TABLE a (id INTEGER, note TEXT);
-- file 1_a.down.sql
DROP TABLE a;
-- file 2_b.up.sql
CREATE TABLE notes (a INTEGER, note TEXT);
INSERT INTO notes (a, note) SELECT id, note FROM a;
ALTER TABLE a ADD COLUMN later TEXT;
-- file 2_b.down.sql
UPDATE a SET note = (SELECT note FROM notes WHERE notes.a = a.id);
CREATE TABLE a_new (id INTEGER, note TEXT);
INSERT INTO a_new (id, note) SELECT id, note FROM a;
DROP TABLE a;
ALTER TABLE a_new RENAME TO a;
INSERT INTO a (id, note) SELECT a, note FROM notes;
DROP TABLE notes;
