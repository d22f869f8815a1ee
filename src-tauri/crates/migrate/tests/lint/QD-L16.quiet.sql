-- foreign_keys on
-- file 001_base.sql
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers (id) ON DELETE CASCADE, note TEXT);
CREATE INDEX orders_by_customer ON orders (customer_id);
CREATE VIEW names AS SELECT name FROM customers;
CREATE TRIGGER customer_gone AFTER DELETE ON customers BEGIN DELETE FROM orders WHERE customer_id = old.id; END;
-- file 002_change.sql
PRAGMA foreign_keys = OFF;
BEGIN;
DROP VIEW names;
CREATE TABLE customers_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT UNIQUE);
INSERT INTO customers_new (id, name, email) SELECT id, name, email FROM customers;
DROP TABLE customers;
ALTER TABLE customers_new RENAME TO customers;
CREATE TRIGGER customer_gone AFTER DELETE ON customers BEGIN DELETE FROM orders WHERE customer_id = old.id; END;
CREATE VIEW names AS SELECT name FROM customers;
COMMIT;
PRAGMA foreign_keys = ON;
