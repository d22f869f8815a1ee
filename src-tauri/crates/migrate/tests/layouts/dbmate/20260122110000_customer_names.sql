-- migrate:up
CREATE INDEX customers_by_name ON customers (name);

-- migrate:down
-- There is no way down.
