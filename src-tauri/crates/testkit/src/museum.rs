//! A museum of bad input. Each function puts one exhibit at `path`; equal calls make equal exhibits.

use std::{fs, os::unix::fs::FileExt, path::Path};

use rusqlite::Connection;

use crate::shop::{add_orders, shop, shop_with_page_size};

/// Puts an exhibit at a path.
pub type Maker = fn(&Path);

/// Every exhibit, by name.
pub const ALL: &[(&str, Maker)] = &[
    ("zero bytes", zero_bytes),
    ("text file", text_file),
    ("directory", directory),
    ("truncated", truncated),
    ("interior page flipped", interior_page_flipped),
    ("index leaf flipped", index_leaf_flipped),
    ("magic damaged", magic_damaged),
    ("page size damaged", page_size_damaged),
    ("schema damaged", schema_damaged),
    ("encrypted", encrypted),
    ("leftover wal", leftover_wal),
    ("hot journal", hot_journal),
    ("empty database", empty_database),
    ("pages of 512", pages_of_512),
    ("pages of 65536", pages_of_65536),
    ("unknown collation", unknown_collation),
    ("unknown function", unknown_function),
    ("unknown module", unknown_module),
    ("missing parents", missing_parents),
    ("healthy", healthy),
    ("healthy wal", healthy_wal),
];

/// A shop without any fault, rollback journal.
pub fn healthy(path: &Path) {
    shop(path, 2000, "delete");
}

/// A shop without any fault, in WAL mode, closed in order.
pub fn healthy_wal(path: &Path) {
    shop(path, 2000, "wal");
}

/// A file of length zero.
pub fn zero_bytes(path: &Path) {
    fs::write(path, b"").unwrap();
}

/// Words.
pub fn text_file(path: &Path) {
    fs::write(path, "Dear diary, today the database was fine.\n".repeat(300)).unwrap();
}

/// A folder.
pub fn directory(path: &Path) {
    fs::create_dir(path).unwrap();
}

/// The first half of a shop, cut inside a page.
pub fn truncated(path: &Path) {
    healthy(path);
    let file = fs::OpenOptions::new().write(true).open(path).unwrap();
    file.set_len(file.metadata().unwrap().len() / 2 + 100).unwrap();
}

/// The interior page at the root of `orders` points to pages that do not exist.
pub fn interior_page_flipped(path: &Path) {
    healthy(path);
    let page = Page::root(path, "orders");
    assert_eq!(page.kind(), 0x05, "an interior page of a table");
    let first_cell = usize::from(page.u16(12));
    page.flip(first_cell, 3);
}

/// One key in the last leaf of the index `orders_by_day` is not what its row says. All rows can still be read.
pub fn index_leaf_flipped(path: &Path) {
    healthy(path);
    let mut page = Page::root(path, "orders_by_day");
    while page.kind() == 0x02 {
        page = Page::read(path, page.u32(8));
    }
    assert_eq!(page.kind(), 0x0a, "a leaf of an index");
    let first_cell = usize::from(page.u16(8));
    // Behind the payload's length, the record's header (its own length and three types): the text of `placed_on`.
    page.flip(first_cell + 8, 1);
}

/// The words at the start of the file are wrong; everything behind them is a database.
pub fn magic_damaged(path: &Path) {
    healthy(path);
    overwrite(path, 4, b"\0\0\0");
}

/// The header says that a page has 1,234 bytes.
pub fn page_size_damaged(path: &Path) {
    healthy(path);
    overwrite(path, 16, &1234_u16.to_be_bytes());
}

/// The header is whole, the schema behind it is zeros.
pub fn schema_damaged(path: &Path) {
    healthy(path);
    overwrite(path, 100, &[0; 3996]);
}

/// Noise of ten pages.
pub fn encrypted(path: &Path) {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let noise = std::iter::repeat_with(|| {
        // xorshift64*, Vigna 2014: good enough to have no pattern that anybody could see.
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        state.wrapping_mul(0x2545_F491_4F6C_DD1D)
    });
    fs::write(path, noise.take(40_960 / 8).flat_map(u64::to_le_bytes).collect::<Vec<_>>()).unwrap();
}

/// A shop of 10 orders whose 190 further ones, in three transactions, are only in the write-ahead log of a process that died.
pub fn leftover_wal(path: &Path) {
    let origin = tempfile::tempdir().unwrap();
    let live = origin.path().join("live.db");
    shop(&live, 10, "wal");
    let connection = Connection::open(&live).unwrap();
    connection.pragma_update(None, "wal_autocheckpoint", 0).unwrap();
    for rows in [100, 60, 30] {
        add_orders(&connection, rows);
    }
    copy_with(&live, path, "-wal");
}

/// A shop of 2,000 orders, all set to zero cents by a transaction whose process died before its commit.
pub fn hot_journal(path: &Path) {
    let origin = tempfile::tempdir().unwrap();
    let live = origin.path().join("live.db");
    shop(&live, 2000, "delete");
    let connection = Connection::open(&live).unwrap();
    // A cache that small makes SQLite write changed pages, and their old content to the journal, before the commit.
    connection.execute_batch("PRAGMA cache_size = 2; BEGIN IMMEDIATE; UPDATE orders SET cents = 0, note = 'changed';").unwrap();
    copy_with(&live, path, "-journal");
}

/// A header, and no table.
pub fn empty_database(path: &Path) {
    Connection::open(path).unwrap().pragma_update(None, "user_version", 3).unwrap();
}

/// A shop with the smallest pages.
pub fn pages_of_512(path: &Path) {
    shop_with_page_size(path, 300, "delete", 512);
}

/// A shop with the largest pages.
pub fn pages_of_65536(path: &Path) {
    shop_with_page_size(path, 300, "delete", 65_536);
}

/// An index is sorted by a collation that only its application has.
pub fn unknown_collation(path: &Path) {
    healthy(path);
    redeclare(
        path,
        "CREATE TABLE words(word TEXT); INSERT INTO words VALUES('Öl'), ('Apfel'); CREATE INDEX words_sorted ON words(word COLLATE NOCASE);",
        "COLLATE NOCASE",
        "COLLATE german",
    );
}

/// An index, a check and a view call a function that only their application has.
pub fn unknown_function(path: &Path) {
    healthy(path);
    let schema = "CREATE TABLE places(name TEXT CHECK(lower(name) IS NOT NULL)); INSERT INTO places VALUES('Berlin'), ('Bonn'); CREATE INDEX places_by_key ON places(lower(name));
        CREATE VIEW place_keys AS SELECT lower(name) FROM places;";
    redeclare(path, schema, "lower(", "geo_key(");
}

/// A virtual table of a module that only its application has.
pub fn unknown_module(path: &Path) {
    healthy(path);
    let schema = "INSERT INTO sqlite_schema VALUES('table', 'search', 'search', 0, 'CREATE VIRTUAL TABLE search USING tantivy(body)');";
    let connection = Connection::open(path).unwrap();
    connection.execute_batch(&format!("PRAGMA writable_schema = ON; {schema}")).unwrap();
}

/// Three orders of customers that do not exist.
pub fn missing_parents(path: &Path) {
    healthy(path);
    let connection = Connection::open(path).unwrap();
    let orders = "INSERT INTO orders VALUES(9001, 777, '2026-01-01', 1, NULL), (9002, 777, '2026-01-01', 1, NULL), (9003, 778, '2026-01-01', 1, NULL);";
    connection.execute_batch(&format!("PRAGMA foreign_keys = OFF; {orders}")).unwrap();
}

/// Adds a schema and its rows, then replaces words in the declarations, as if the application's own SQLite had made them.
fn redeclare(path: &Path, schema: &str, from: &str, to: &str) {
    let connection = Connection::open(path).unwrap();
    connection.execute_batch(schema).unwrap();
    connection.pragma_update(None, "writable_schema", true).unwrap();
    connection.execute("UPDATE sqlite_schema SET sql = replace(sql, ?, ?)", [from, to]).unwrap();
}

fn copy_with(from: &Path, to: &Path, suffix: &str) {
    let beside = |path: &Path| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        name
    };
    fs::copy(from, to).unwrap();
    fs::copy(beside(from), beside(to)).unwrap();
}

fn overwrite(path: &Path, at: u64, bytes: &[u8]) {
    fs::OpenOptions::new().write(true).open(path).unwrap().write_all_at(bytes, at).unwrap();
}

/// One page of a file (<https://www.sqlite.org/fileformat2.html#b_tree_pages>).
struct Page<'a> {
    path: &'a Path,
    at: u64,
    bytes: [u8; 4096],
}

impl<'a> Page<'a> {
    fn root(path: &'a Path, object: &str) -> Self {
        let connection = Connection::open(path).unwrap();
        let number = connection.query_row("SELECT rootpage FROM sqlite_schema WHERE name = ?", [object], |row| row.get(0)).unwrap();
        Self::read(path, number)
    }

    fn read(path: &'a Path, number: u32) -> Self {
        let (at, mut bytes) = (u64::from(number - 1) * 4096, [0; 4096]);
        fs::File::open(path).unwrap().read_exact_at(&mut bytes, at).unwrap();
        Self { path, at, bytes }
    }

    fn kind(&self) -> u8 {
        self.bytes[0]
    }

    fn u16(&self, at: usize) -> u16 {
        u16::from_be_bytes([self.bytes[at], self.bytes[at + 1]])
    }

    fn u32(&self, at: usize) -> u32 {
        u32::from_be_bytes([self.bytes[at], self.bytes[at + 1], self.bytes[at + 2], self.bytes[at + 3]])
    }

    fn flip(&self, at: usize, count: usize) {
        let flipped: Vec<u8> = self.bytes[at..at + count].iter().map(|byte| byte ^ 0x55).collect();
        overwrite(self.path, self.at + at as u64, &flipped);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Peer, Scratch};

    fn ask(maker: Maker, sql: &str) -> String {
        let scratch = Scratch::new();
        let path = scratch.file("exhibit.db");
        maker(&path);
        Peer::open(&path).run(sql)
    }

    #[test]
    fn exhibits_are_what_their_labels_say_to_the_real_shell() {
        let sum = "SELECT count(*), sum(cents) > 0 FROM orders;";
        assert_eq!(ask(healthy, &format!("PRAGMA integrity_check; {sum}")), "ok\n2000|1");
        assert_eq!(ask(leftover_wal, &format!("PRAGMA integrity_check; {sum}")), "ok\n200|1");
        assert_eq!(ask(hot_journal, &format!("PRAGMA integrity_check; {sum}")), "ok\n2000|1");
        assert!(ask(truncated, "PRAGMA integrity_check;").contains("malformed"));
        assert!(ask(interior_page_flipped, "PRAGMA integrity_check;").contains("invalid page number"));
        assert!(ask(magic_damaged, "PRAGMA integrity_check;").contains("not a database"));
        assert!(ask(encrypted, "PRAGMA integrity_check;").contains("not a database"));
        assert!(ask(unknown_collation, "PRAGMA integrity_check;").contains("no such collation sequence: german"));
        assert!(ask(unknown_function, "PRAGMA integrity_check;").contains("geo_key"));
        assert!(ask(unknown_module, "SELECT * FROM search;").contains("no such module: tantivy"));
        assert_eq!(ask(missing_parents, "PRAGMA foreign_key_check;").lines().count(), 3);
        assert_eq!(ask(pages_of_512, "PRAGMA page_size; PRAGMA integrity_check;"), "512\nok");
        assert_eq!(ask(pages_of_65536, "PRAGMA page_size; PRAGMA integrity_check;"), "65536\nok");
    }

    #[test]
    fn a_flipped_index_leaf_leaves_the_rows_readable() {
        let answer = ask(index_leaf_flipped, "PRAGMA integrity_check; SELECT count(*) FROM orders NOT INDEXED;");
        assert!(answer.contains("missing from index orders_by_day"), "{answer}");
        assert!(answer.ends_with("\n2000"), "{answer}");
    }

    #[test]
    fn a_hot_journal_without_its_journal_would_show_changed_rows() {
        let scratch = Scratch::new();
        let path = scratch.file("hot.db");
        hot_journal(&path);
        fs::remove_file(scratch.file("hot.db-journal")).unwrap();
        let connection = Connection::open(&path).unwrap();
        let changed: u32 =
            connection.query_row("SELECT count(*) FROM orders NOT INDEXED WHERE cents = 0", [], |row| row.get(0)).unwrap_or(1);
        assert!(changed > 0, "pages were spilled before the commit");
    }
}
