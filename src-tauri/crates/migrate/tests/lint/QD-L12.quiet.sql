-- rows orders 2000000
-- rows customers 12
-- file 001_base.sql
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers (id) ON DELETE CASCADE, note TEXT);
CREATE INDEX orders_by_customer ON orders (customer_id);
-- file 002_change.sql
CREATE INDEX customers_by_name ON customers (name);
UPDATE orders SET note = 'seen' WHERE id = 7;
ALTER TABLE orders ADD COLUMN total INTEGER;
UPDATE unknown_table SET a = 1;
