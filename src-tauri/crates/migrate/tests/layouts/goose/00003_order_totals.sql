-- +goose NO TRANSACTION
-- +goose Up
PRAGMA foreign_keys = OFF;

BEGIN;

CREATE TABLE orders_new (
  id INTEGER PRIMARY KEY,
  customer_id INTEGER NOT NULL REFERENCES customers (id) ON DELETE CASCADE,
  note TEXT DEFAULT 'none; yet',
  total INTEGER NOT NULL DEFAULT 0 CHECK (total >= 0)
);

INSERT INTO orders_new (id, customer_id, note) SELECT id, customer_id, note FROM orders;
DROP TABLE orders;
ALTER TABLE orders_new RENAME TO orders;

CREATE TRIGGER order_written AFTER INSERT ON orders
BEGIN
  INSERT INTO order_log (order_id, what) VALUES (new.id, 'note');
END;

COMMIT;

PRAGMA foreign_keys = ON;

-- +goose Down
ALTER TABLE orders DROP COLUMN total;
