-- functions count length upper json_extract
-- file 001_base.sql
CREATE TABLE customers (id INTEGER PRIMARY KEY, name TEXT NOT NULL, email TEXT);
CREATE TABLE orders (id INTEGER PRIMARY KEY, customer_id INTEGER NOT NULL REFERENCES customers (id) ON DELETE CASCADE, note TEXT);
CREATE INDEX orders_by_customer ON orders (customer_id);
-- file 002_change.sql
CREATE TABLE IF NOT EXISTS prices (id INTEGER, amount DECIMAL(10, 2) CHECK (length(amount) < 9), UNIQUE (id, amount));
ALTER TABLE customers ADD COLUMN key VARCHAR(255) CHECK (length(key) > 1);
CREATE VIRTUAL TABLE search USING fts5(name, tokenize = "unicode61 remove_diacritics 2");
CREATE TABLE keys (key VARCHAR(255) NOT NULL, value DECIMAL(10, 2));
CREATE INDEX prices_by_amount ON prices (amount, upper(id));
WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3), m(j) AS (VALUES (1), (2)) INSERT INTO prices (id) SELECT i FROM n;
INSERT INTO prices (id, amount) VALUES (1, CAST('2' AS DECIMAL(10, 2))) ON CONFLICT (id, amount) DO NOTHING;
SELECT count(*) FILTER (WHERE id IN (1, 2)) FROM json_each('[]') AS each JOIN prices USING (id);
CREATE TRIGGER price_written AFTER INSERT ON prices WHEN (new.id > 1) BEGIN SELECT RAISE(ABORT, 'no'); END;
CREATE VIEW seen(a, b) AS SELECT id, amount FROM prices;
