-- file 001_base.sql
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers (id) ON DELETE CASCADE, note TEXT);
CREATE INDEX orders_by_customer ON orders (customer_id);
-- file 002_change.sql
ALTER TABLE customers ADD COLUMN tax_number TEXT DEFAULT 'none';
CREATE UNIQUE INDEX customers_by_tax_number ON customers (tax_number);
ALTER TABLE orders ADD COLUMN total INTEGER DEFAULT -1;
CREATE TABLE scratch (id INTEGER);
ALTER TABLE scratch ADD COLUMN at TEXT DEFAULT CURRENT_TIMESTAMP;
