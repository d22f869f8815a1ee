//! Rows whose foreign keys point nowhere.

use std::collections::BTreeMap;

use quarterdeck_model::{Count, Outcome, inspection::ForeignKeyViolation};
use quarterdeck_sqlite::open::Live;

/// How many there are, by table and parent.
pub type Orphans = BTreeMap<(String, String), u64>;

/// Counts them. A table whose keys do not fit its parent's cannot be checked, and is passed over, as it was before.
pub fn count(live: &Live) -> Outcome<Orphans> {
    let tables = || -> rusqlite::Result<Vec<String>> {
        let sql =
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND EXISTS (SELECT 1 FROM pragma_foreign_key_list(name)) ORDER BY name";
        live.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
    };
    let mut orphans = Orphans::new();
    for table in tables().map_err(|error| live.fault(error))? {
        match of_table(live, &table) {
            Ok(found) => orphans.extend(found),
            Err(error) if error.sqlite_error_code() == Some(rusqlite::ErrorCode::Unknown) => {}
            Err(error) => return Err(live.fault(error)),
        }
    }
    Ok(orphans)
}

/// What is more than before.
pub fn worse(before: &Orphans, after: &Orphans) -> Vec<ForeignKeyViolation> {
    let more = after.iter().filter_map(|(key, now)| {
        let more = now.saturating_sub(before.get(key).copied().unwrap_or_default());
        (more > 0).then(|| ForeignKeyViolation { table: key.0.clone(), parent: key.1.clone(), rows: Count(more) })
    });
    more.collect()
}

fn of_table(live: &Live, table: &str) -> rusqlite::Result<Orphans> {
    let mut statement = live.prepare("SELECT \"parent\", count(*) FROM pragma_foreign_key_check(?1) GROUP BY 1")?;
    let found = statement.query_map([table], |row| Ok(((table.to_owned(), row.get(0)?), row.get::<_, i64>(1)?.unsigned_abs())))?;
    found.collect()
}
