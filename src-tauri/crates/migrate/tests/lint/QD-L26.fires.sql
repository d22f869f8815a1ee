-- file 001_base.sql
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers (id) ON DELETE CASCADE, note TEXT);
CREATE INDEX orders_by_customer ON orders (customer_id);
-- file 002_change.sql
PRAGMA journal_mode = DELETE;
