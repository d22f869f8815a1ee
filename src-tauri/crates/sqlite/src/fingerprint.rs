//! One digest for one schema: equal exactly where two databases declare the same things.

use quarterdeck_model::{Digest, plan::hex};
use rusqlite::{Connection, types::ValueRef};
use sha2::{Digest as _, Sha256};

/// Tables whose names begin like this are our own ledger, not the application's schema.
pub const LEDGER_PREFIX: &str = "quarterdeck_";

/// SHA-256 over the declared schema: type, name, table and SQL of each row of `sqlite_schema`, sorted.
///
/// Left out: root pages (VACUUM moves them), SQLite's own objects (`sqlite_*`, which ANALYZE and AUTOINCREMENT make and unmake), and
/// our ledger with its indexes and triggers. Each field is written as its length (eight bytes, little-endian) and its bytes in UTF-8, a
/// missing one as the length `u64::MAX`, so that two different schemas never encode alike. The encoding of the database does not matter.
pub fn schema_fingerprint(connection: &Connection) -> rusqlite::Result<Digest> {
    let mut objects = Vec::new();
    let mut statement = connection.prepare("SELECT type, name, tbl_name, sql FROM sqlite_schema")?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let object = [text(row.get_ref(0)?), text(row.get_ref(1)?), text(row.get_ref(2)?), text(row.get_ref(3)?)];
        if !begins(object[1].as_deref(), "sqlite_") && !begins(object[2].as_deref(), LEDGER_PREFIX) {
            objects.push(object);
        }
    }
    objects.sort_unstable();
    let mut hash = Sha256::new();
    for field in objects.iter().flatten() {
        hash.update(field.as_ref().map_or(u64::MAX, |bytes| bytes.len() as u64).to_le_bytes());
        hash.update(field.as_deref().unwrap_or_default());
    }
    Ok(Digest(hex(&hash.finalize())))
}

/// The bytes of a field, which SQLite hands out in UTF-8 whatever the database's encoding; only a damaged schema holds other kinds.
fn text(value: ValueRef<'_>) -> Option<Vec<u8>> {
    match value {
        ValueRef::Null => None,
        ValueRef::Text(bytes) | ValueRef::Blob(bytes) => Some(bytes.to_vec()),
        ValueRef::Integer(number) => Some(number.to_string().into_bytes()),
        ValueRef::Real(number) => Some(number.to_string().into_bytes()),
    }
}

/// SQLite's names do not tell capitals apart.
fn begins(name: Option<&[u8]>, prefix: &str) -> bool {
    name.and_then(|name| name.get(..prefix.len())).is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(sql: &str) -> Digest {
        let connection = Connection::open_in_memory().unwrap();
        connection.execute_batch(sql).unwrap();
        schema_fingerprint(&connection).unwrap()
    }

    #[test]
    fn what_is_not_schema_does_not_count() {
        let plain = of("CREATE TABLE a(x); CREATE TABLE b(y);");
        assert_eq!(plain, of("CREATE TABLE b(y); CREATE TABLE a(x);"), "order of creation");
        assert_eq!(plain, of("CREATE TABLE gone(z); CREATE TABLE a(x); CREATE TABLE b(y); DROP TABLE gone; VACUUM;"), "root pages");
        assert_eq!(plain, of("CREATE TABLE a(x); CREATE TABLE b(y); INSERT INTO a VALUES(1); ANALYZE;"), "statistics and rows");
        assert_eq!(plain, of("PRAGMA encoding='UTF-16le'; CREATE TABLE a(x); CREATE TABLE b(y);"), "encoding");
        assert_eq!(
            plain,
            of(
                "CREATE TABLE a(x); CREATE TABLE b(y); CREATE TABLE quarterdeck_ledger(n UNIQUE, m); CREATE INDEX i ON quarterdeck_ledger(m);"
            ),
            "our ledger"
        );
    }

    #[test]
    fn what_is_schema_counts() {
        let plain = of("CREATE TABLE a(x); CREATE TABLE b(y);");
        for other in [
            "CREATE TABLE a(x);",
            "CREATE TABLE a(x); CREATE TABLE b(y TEXT);",
            "CREATE TABLE a(x); CREATE TABLE B(y);",
            "CREATE TABLE a(x); CREATE TABLE b(y); CREATE INDEX i ON a(x);",
            "CREATE TABLE a(x); CREATE TABLE b(y); CREATE VIEW v AS SELECT 1;",
        ] {
            assert_ne!(plain, of(other), "{other}");
        }
    }
}
