-- +goose Up
CREATE TABLE order_log (order_id INTEGER, what TEXT, at TEXT);

-- +goose StatementBegin
CREATE TRIGGER order_written AFTER INSERT ON orders
BEGIN
  INSERT INTO order_log (order_id, what)
  VALUES (new.id, CASE WHEN new.note IS NULL THEN 'no note; none' ELSE 'note' END);
  UPDATE order_log SET at = '2026-01-01' WHERE at IS NULL; -- END;
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER order_written;
DROP TABLE order_log;
