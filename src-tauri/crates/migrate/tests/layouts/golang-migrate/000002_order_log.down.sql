DROP TRIGGER order_written;
DROP TABLE order_log;
