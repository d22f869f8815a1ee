-- file 09_a.sql
-- migrate:up
SELECT 1;
-- migrate:down
SELECT 1;
-- file 10_b.sql
-- migrate:up
SELECT 1;
-- migrate:down
SELECT 1;
