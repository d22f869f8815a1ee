//! Reads the rows of each tool. Values are taken as they come: applications have written text into columns of numbers, and the other way.

use std::str::FromStr;

use quarterdeck_model::{Instant, Millis, plan::hex};
use rusqlite::{Connection, types::ValueRef};

use super::{super::Entry, entry};

/// What a table says.
#[derive(Default)]
pub struct Read {
    pub entries: Vec<Entry>,
    pub remarks: Vec<String>,
}

/// Rows as text, by their place in the SELECT.
type Row = Vec<Option<String>>;

/// The newest row of a version counts; version 0 is goose's own.
pub fn goose(connection: &Connection, table: &str) -> rusqlite::Result<Read> {
    let mut entries: Vec<Entry> = Vec::new();
    for row in rows(connection, &format!("SELECT version_id, is_applied, tstamp FROM {table} ORDER BY id"))? {
        let version = word(&row, 0);
        entries.retain(|entry| entry.version != version);
        if version != "0" && is_true(&row, 1) {
            entries.push(Entry { at: moment(&row, 2), ..entry(version) });
        }
    }
    Ok(Read { entries, ..Read::default() })
}

/// dbmate and Rails: nothing but versions.
pub fn versions(connection: &Connection, table: &str) -> rusqlite::Result<Read> {
    all(connection, &format!("SELECT version FROM {table} ORDER BY version"), |row| entry(word(row, 0)))
}

/// One row. While a migration runs it is `dirty`, and it stays so when that fails.
pub fn golang_migrate(connection: &Connection, table: &str) -> rusqlite::Result<Read> {
    let mut read = Read::default();
    for row in rows(connection, &format!("SELECT version, dirty FROM {table} WHERE version >= 0"))? {
        let (version, dirty) = (word(&row, 0), is_true(&row, 1));
        if dirty {
            read.remarks.push(format!("dirty at {version}"));
        }
        read.entries.push(Entry { success: !dirty, ..entry(version) });
    }
    Ok(read)
}

/// Rows are only ever added: an undo or a delete takes back what stands before it. Repeatable ones have no version.
pub fn flyway(connection: &Connection, table: &str) -> rusqlite::Result<Read> {
    let sql = format!(
        "SELECT version, description, type, checksum, installed_by, installed_on, execution_time, success FROM {table} ORDER BY installed_rank"
    );
    let mut read = Read::default();
    for row in rows(connection, &sql)? {
        let (version, name, kind) = (word(&row, 0), word(&row, 1), word(&row, 2));
        let same = |entry: &Entry| entry.version == version && (!version.is_empty() || entry.name.as_deref() == Some(name.as_str()));
        read.entries.retain(|entry| !same(entry));
        if kind.starts_with("UNDO") || kind == "DELETE" || kind == "SCHEMA" {
            continue;
        }
        if !is_true(&row, 7) {
            read.remarks.push(format!("failed at {version}"));
        }
        read.entries.push(Entry {
            name: Some(name),
            at: moment(&row, 5),
            success: is_true(&row, 7),
            baseline: kind == "BASELINE",
            checksum: text(&row, 3),
            took: number(&row, 6).map(Millis),
            who: text(&row, 4).filter(|who| !who.is_empty()),
            ..entry(version)
        });
    }
    Ok(read)
}

pub fn refinery(connection: &Connection, table: &str) -> rusqlite::Result<Read> {
    let sql = format!("SELECT version, name, applied_on, checksum FROM {table} ORDER BY version");
    all(connection, &sql, |row| Entry { name: text(row, 1), at: moment(row, 2), checksum: text(row, 3), ..entry(word(row, 0)) })
}

/// Times are in nanoseconds, and -1 where sqlx never came to write them.
pub fn sqlx(connection: &Connection, table: &str) -> rusqlite::Result<Read> {
    let sql = format!("SELECT version, description, installed_on, success, checksum, execution_time FROM {table} ORDER BY version");
    let mut read = all(connection, &sql, |row| Entry {
        name: text(row, 1),
        at: moment(row, 2),
        success: is_true(row, 3),
        checksum: text(row, 4),
        took: number(row, 5).map(nanoseconds),
        ..entry(word(row, 0))
    })?;
    read.remarks = unfinished(&read.entries);
    Ok(read)
}

pub fn diesel(connection: &Connection, table: &str) -> rusqlite::Result<Read> {
    all(connection, &format!("SELECT version, run_on FROM {table} ORDER BY version"), |row| Entry {
        at: moment(row, 1),
        ..entry(word(row, 0))
    })
}

pub fn liquibase(connection: &Connection, table: &str) -> rusqlite::Result<Read> {
    let sql = format!("SELECT id, author, filename, dateexecuted, exectype, md5sum FROM {table} ORDER BY orderexecuted");
    all(connection, &sql, |row| Entry {
        name: text(row, 2),
        at: moment(row, 3),
        success: word(row, 4) != "FAILED",
        checksum: text(row, 5),
        who: text(row, 1),
        ..entry(word(row, 0))
    })
}

/// A revision of type 1 is a baseline; rows whose version begins with a dot are Atlas's own.
pub fn atlas(connection: &Connection, table: &str) -> rusqlite::Result<Read> {
    let sql = format!(
        "SELECT version, description, type, applied, total, executed_at, execution_time, error FROM {table}
         WHERE version NOT LIKE '.%' ORDER BY version"
    );
    let mut read = all(connection, &sql, |row| Entry {
        name: text(row, 1),
        baseline: number(row, 2) == Some(1),
        success: number(row, 3) >= number(row, 4) && word(row, 7).is_empty(),
        at: moment(row, 5),
        took: number(row, 6).map(nanoseconds),
        ..entry(word(row, 0))
    })?;
    read.remarks = unfinished(&read.entries);
    Ok(read)
}

pub fn alembic(connection: &Connection, table: &str) -> rusqlite::Result<Read> {
    let mut read = all(connection, &format!("SELECT version_num FROM {table} ORDER BY 1"), |row| entry(word(row, 0)))?;
    read.remarks.push("it names the newest revision only".to_owned());
    Ok(read)
}

/// One application's migrations do not follow another's: versions are `app.name`.
pub fn django(connection: &Connection, table: &str) -> rusqlite::Result<Read> {
    let sql = format!("SELECT app || '.' || name, name, applied FROM {table} ORDER BY id");
    all(connection, &sql, |row| Entry { name: text(row, 1), at: moment(row, 2), ..entry(word(row, 0)) })
}

/// What was rolled back does not count; what never finished has failed.
pub fn prisma(connection: &Connection, table: &str) -> rusqlite::Result<Read> {
    let sql = format!(
        "SELECT migration_name, started_at, finished_at, checksum FROM {table} WHERE rolled_back_at IS NULL ORDER BY started_at, migration_name"
    );
    let mut read = all(connection, &sql, |row| Entry {
        at: moment(row, 2).or_else(|| moment(row, 1)),
        success: text(row, 2).is_some(),
        checksum: text(row, 3),
        ..entry(word(row, 0))
    })?;
    read.remarks = unfinished(&read.entries);
    Ok(read)
}

/// Names are those of the files, with their ending.
pub fn knex(connection: &Connection, table: &str) -> rusqlite::Result<Read> {
    let sql = format!("SELECT name, migration_time FROM {table} ORDER BY id");
    all(connection, &sql, |row| {
        let name = word(row, 0);
        let stem = name.rsplit_once('.').map_or(name.as_str(), |(stem, _)| stem).to_owned();
        Entry { name: Some(name), at: moment(row, 1), ..entry(stem) }
    })
}

/// The version is the moment that the journal of the folder gives a file; which file that is, its hash tells.
pub fn drizzle(connection: &Connection, table: &str) -> rusqlite::Result<Read> {
    let sql = format!("SELECT created_at, hash FROM {table} ORDER BY created_at");
    all(connection, &sql, |row| Entry { at: moment(row, 0), checksum: text(row, 1), ..entry(word(row, 0)) })
}

fn unfinished(entries: &[Entry]) -> Vec<String> {
    entries.iter().filter(|entry| !entry.success).map(|entry| format!("{} began and did not end", entry.version)).collect()
}

fn all(connection: &Connection, sql: &str, of: impl Fn(&Row) -> Entry) -> rusqlite::Result<Read> {
    Ok(Read { entries: rows(connection, sql)?.iter().map(of).collect(), remarks: Vec::new() })
}

fn rows(connection: &Connection, sql: &str) -> rusqlite::Result<Vec<Row>> {
    let mut statement = connection.prepare(sql)?;
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| (0..columns).map(|column| Ok(as_text(row.get_ref(column)?))).collect())?;
    rows.collect()
}

fn as_text(value: ValueRef<'_>) -> Option<String> {
    match value {
        ValueRef::Null => None,
        ValueRef::Integer(number) => Some(number.to_string()),
        ValueRef::Real(number) => Some(number.to_string()),
        ValueRef::Text(text) => Some(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Some(hex(bytes)),
    }
}

fn text(row: &Row, column: usize) -> Option<String> {
    row.get(column).cloned().flatten()
}

fn word(row: &Row, column: usize) -> String {
    text(row, column).unwrap_or_default()
}

fn number(row: &Row, column: usize) -> Option<u64> {
    text(row, column)?.parse().ok()
}

fn is_true(row: &Row, column: usize) -> bool {
    matches!(word(row, column).to_ascii_lowercase().as_str(), "1" | "true" | "t" | "y")
}

fn nanoseconds(number: u64) -> Millis {
    Millis(number / 1_000_000)
}

/// A moment as text with or without a zone (UTC), or as milliseconds since 1970.
fn moment(row: &Row, column: usize) -> Option<Instant> {
    let text = text(row, column)?;
    if let Ok(number) = text.parse::<f64>() {
        #[allow(clippy::cast_possible_truncation)] // milliseconds of the next centuries are whole numbers in a double
        return Instant::from_timestamp_millis(number as i64);
    }
    let plain = text.trim_end_matches(" UTC").trim_end_matches(" +0000").replacen(' ', "T", 1);
    let moment = Instant::from_str(&plain).or_else(|_| Instant::from_str(&format!("{plain}Z"))).ok()?;
    Instant::from_timestamp_millis(moment.timestamp_millis())
}
