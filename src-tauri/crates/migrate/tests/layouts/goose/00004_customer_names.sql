-- +goose Up
CREATE INDEX customers_by_name ON customers (name);

-- +goose Down
-- There is no way down.
