-- file 1_a.up.sql
CREATE TABLE a (id INTEGER);
-- file 1_a.down.sql
DROP TABLE a;
-- file 2_b.up.sql
CREATE TABLE b (id INTEGER);
-- file 2_b.down.sql
-- There is no way down.
