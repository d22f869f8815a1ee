CREATE TABLE order_log (order_id INTEGER, what TEXT, at TEXT);

CREATE TRIGGER order_written AFTER INSERT ON orders
BEGIN
  INSERT INTO order_log (order_id, what)
  VALUES (new.id, CASE WHEN new.note IS NULL THEN 'no note; none' ELSE 'note' END);
  UPDATE order_log SET at = '2026-01-01' WHERE at IS NULL; -- END;
END;
