//! A database as an application would have made it.

use std::path::Path;

use rusqlite::{Connection, params};

const SCHEMA: &str = "
    CREATE TABLE customers(
        id INTEGER PRIMARY KEY,
        name TEXT NOT NULL,
        email TEXT NOT NULL UNIQUE,
        orders_placed INTEGER NOT NULL DEFAULT 0
    );
    CREATE TABLE orders(
        id INTEGER PRIMARY KEY,
        customer_id INTEGER NOT NULL REFERENCES customers(id),
        placed_on TEXT NOT NULL,
        cents INTEGER NOT NULL,
        note TEXT
    );
    CREATE INDEX orders_by_day ON orders(placed_on, customer_id);
    CREATE VIEW turnover AS SELECT placed_on, sum(cents) AS cents FROM orders GROUP BY placed_on;
    CREATE TRIGGER count_orders AFTER INSERT ON orders BEGIN
        UPDATE customers SET orders_placed = orders_placed + 1 WHERE id = new.customer_id;
    END;
    PRAGMA application_id = 1397247824;
    PRAGMA user_version = 7;
";

/// Makes a shop with `rows` orders of a tenth as many customers (one at least), in the given journal mode (`wal`, `delete`, …). Equal
/// arguments make equal content.
pub fn shop(path: &Path, rows: u32, journal_mode: &str) {
    shop_with_page_size(path, rows, journal_mode, 4096);
}

/// [`shop`], with pages of the given size (a power of two from 512 to 65,536).
pub fn shop_with_page_size(path: &Path, rows: u32, journal_mode: &str, page_size: u32) {
    let connection = Connection::open(path).unwrap();
    connection.pragma_update(None, "page_size", page_size).unwrap();
    connection.pragma_update(None, "journal_mode", journal_mode).unwrap();
    connection.execute_batch(SCHEMA).unwrap();
    add_orders(&connection, rows);
    connection.close().unwrap();
}

/// Places `rows` more orders, in one transaction.
pub fn add_orders(connection: &Connection, rows: u32) {
    let transaction = connection.unchecked_transaction().unwrap();
    let first: u32 = transaction.query_row("SELECT coalesce(max(id), 0) + 1 FROM orders", [], |row| row.get(0)).unwrap();
    {
        let mut customer = transaction.prepare("INSERT OR IGNORE INTO customers(id, name, email) VALUES(?, ?, ?)").unwrap();
        let mut order = transaction.prepare("INSERT INTO orders VALUES(?, ?, ?, ?, ?)").unwrap();
        for id in first..first + rows {
            let buyer = (id - 1) / 10 + 1;
            customer.execute(params![buyer, format!("Customer {buyer}"), format!("customer{buyer}@example.com")]).unwrap();
            let (day, cents) = (format!("2026-{:02}-{:02}", id % 12 + 1, id % 28 + 1), id * 7919 % 100_000);
            order.execute(params![id, buyer, day, cents, format!("Order {id}, to be left at the door of customer {buyer}")]).unwrap();
        }
    }
    transaction.commit().unwrap();
}
