DROP VIEW IF EXISTS orders_of_customers;
CREATE VIEW orders_of_customers AS SELECT c.name, count(*) AS orders FROM customers c JOIN orders o ON o.customer_id = c.id GROUP BY c.id;
