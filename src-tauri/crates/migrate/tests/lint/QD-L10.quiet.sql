-- rows customers 0
-- file 001_base.sql
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers (id) ON DELETE CASCADE, note TEXT);
CREATE INDEX orders_by_customer ON orders (customer_id);
-- file 002_change.sql
CREATE TABLE scratch (id INTEGER);
DROP TABLE scratch;
DROP TABLE IF EXISTS never_there;
DROP TABLE customers;

CREATE TABLE orders_new (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL, note TEXT, total INTEGER);
INSERT INTO orders_new (id, customer_id, note) SELECT id, customer_id, note FROM orders;
DROP TABLE orders;
ALTER TABLE orders_new RENAME TO orders;
