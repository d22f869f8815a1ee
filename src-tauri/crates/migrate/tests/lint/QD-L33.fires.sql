-- file V1__a.sql
CREATE TABLE a (id INTEGER);
-- file R__b.sql
CREATE VIEW b AS SELECT id FROM a;
