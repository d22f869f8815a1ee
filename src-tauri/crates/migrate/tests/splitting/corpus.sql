-- Statements that are hard to tell apart. Every one of them runs, in this order.
CREATE TABLE plain (id INTEGER PRIMARY KEY, "end" TEXT, [a;b] TEXT DEFAULT ';', `c``d` TEXT); -- a comment ; with a semicolon
CREATE TABLE log (at TEXT, what TEXT, "begin" INTEGER, end INTEGER);;
;
/* a block ; comment */ CREATE TRIGGER one AFTER INSERT ON plain BEGIN INSERT INTO log (what) VALUES ('a;b'); END;
CREATE TEMP TRIGGER two AFTER UPDATE ON main.plain WHEN new.id > 1 AND CASE WHEN new.id = 2 THEN 1 ELSE 0 END = 1
BEGIN
  UPDATE log SET end = CASE what WHEN 'x' THEN 1 ELSE CASE WHEN end IS NULL THEN 2 END END; -- END; here is a comment
  SELECT new.end, old."end" FROM log WHERE log.end = 1;
  DELETE FROM log WHERE what = 'END;' OR end > 1;
END /* of the trigger */ ;
create trigger if not exists three before delete on plain for each row begin select raise(abort, 'no; never'); end;
CREATE VIEW seen AS SELECT what FROM log;
CREATE TRIGGER four INSTEAD OF INSERT ON seen BEGIN INSERT INTO log(what) SELECT new.what UNION ALL SELECT 'end'; END;
EXPLAIN CREATE TRIGGER five AFTER INSERT ON plain BEGIN DELETE FROM log; END;
INSERT INTO plain (id, "end", "a;b") VALUES (1, 'it''s; a -- text', x'3b3b'), (2, '/* no comment */', NULL);
UPDATE plain SET "end" = 'line one;
line two;' WHERE id = 2;
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3) INSERT INTO log (what) SELECT 'n;' || i FROM n;
WITH n AS (SELECT 1 AS i) SELECT i FROM n;
SELECT '{"a":1}' ->> '$.a', 1 <> 2, 0x1F, 1_000, 1.5e-3, ?1, :name, @name, $name;
PRAGMA user_version = 3;
SAVEPOINT here; RELEASE here;
BEGIN; SELECT 1; COMMIT;
BEGIN IMMEDIATE TRANSACTION; SELECT 1; END TRANSACTION;
BEGIN; SAVEPOINT inner; ROLLBACK TRANSACTION TO inner; ROLLBACK;
ALTER TABLE log ADD COLUMN more TEXT DEFAULT (';');
DROP TRIGGER one;
REINDEX; ANALYZE;
VACUUM;
SELECT 'the last one has no semicolon' -- and a comment behind it
