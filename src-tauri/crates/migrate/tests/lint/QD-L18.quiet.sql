-- file 001_base.sql
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers (id) ON DELETE CASCADE, note TEXT);
CREATE INDEX orders_by_customer ON orders (customer_id);
-- file 002_change.sql
ALTER TABLE orders ADD COLUMN total INTEGER NOT NULL DEFAULT 0;
ALTER TABLE orders ADD COLUMN remark TEXT CHECK (remark IS NOT NULL OR note IS NULL);
ALTER TABLE orders ADD COLUMN twice INTEGER NOT NULL GENERATED ALWAYS AS (total * 2) VIRTUAL;
CREATE TABLE scratch (id INTEGER);
ALTER TABLE scratch ADD COLUMN name TEXT NOT NULL;
DELETE FROM customers;
ALTER TABLE customers ADD COLUMN tax_number TEXT NOT NULL;
INSERT INTO customers (id, name, tax_number) VALUES (1, 'Ada', 'none');
