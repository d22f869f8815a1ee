-- file 001_base.sql
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers (id) ON DELETE CASCADE, note TEXT);
CREATE INDEX orders_by_customer ON orders (customer_id);
-- file 002_change.sql
ALTER TABLE orders ADD COLUMN draft TEXT;
ALTER TABLE orders DROP COLUMN draft;
CREATE TABLE customers_new (id INTEGER PRIMARY KEY, name TEXT NOT NULL, address TEXT);
INSERT INTO customers_new (id, name, address) SELECT id, name, email FROM customers;
DROP TABLE customers;
ALTER TABLE customers_new RENAME TO customers;
