//! Rows of the ledger as SQL.

use std::str::FromStr;

use quarterdeck_model::{
    Count, Digest, Instant, Millis,
    migration::{LedgerLine, Tool},
};
use rusqlite::{Connection, Row, params};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::Record;

const COLUMNS: [&str; 18] = [
    "id",
    "version",
    "name",
    "kind",
    "at",
    "took_ms",
    "who",
    "statements",
    "done",
    "bytes_sha256",
    "statements_sha256",
    "files",
    "down_sql",
    "tool",
    "reason",
    "settings",
    "run",
    "program",
];

/// Why rows could not be read.
pub enum Unread {
    /// SQLite says so.
    Sqlite(rusqlite::Error),
    /// Row, column, and a word in it that is none of ours.
    Word(i64, &'static str, String),
}

impl From<rusqlite::Error> for Unread {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// The statement that creates the table.
pub fn table(name: &str) -> String {
    format!(
        "CREATE TABLE {name} (
  id INTEGER PRIMARY KEY,
  version TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  at TEXT NOT NULL,
  took_ms INTEGER,
  who TEXT NOT NULL,
  statements INTEGER NOT NULL,
  done INTEGER NOT NULL,
  bytes_sha256 TEXT,
  statements_sha256 TEXT,
  files TEXT,
  down_sql TEXT,
  tool TEXT,
  reason TEXT,
  settings TEXT,
  run TEXT NOT NULL,
  program TEXT NOT NULL
)"
    )
}

/// Adds a row.
pub fn insert(connection: &Connection, table: &str, record: &Record, program: &str) -> rusqlite::Result<()> {
    let line = &record.line;
    let sql = format!(
        "INSERT INTO {table} ({}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
        COLUMNS[1..].join(", ")
    );
    connection.prepare_cached(&sql)?.execute(params![
        line.version,
        line.name,
        word(line.kind),
        word(line.at),
        line.took.map(|took| signed(took.0)),
        line.who,
        signed(line.statements.0),
        signed(line.done.0),
        line.bytes_sha256.as_ref().map(|digest| digest.0.as_str()),
        line.statements_sha256.as_ref().map(|digest| digest.0.as_str()),
        (!record.files.is_empty()).then(|| json(&record.files)),
        line.down_sql,
        line.tool.map(word),
        line.reason,
        record.settings.as_ref().map(json),
        line.run,
        program,
    ])?;
    Ok(())
}

/// Writes how far the newest row of a run and version has come.
pub fn advance(connection: &Connection, table: &str, run: &str, version: &str, done: usize, prefix: &str) -> rusqlite::Result<()> {
    let sql = format!(
        "UPDATE {table} SET done = ?1, statements_sha256 = ?2
         WHERE id = (SELECT max(id) FROM {table} WHERE run = ?3 AND version = ?4 AND kind = 'started')"
    );
    connection.prepare_cached(&sql)?.execute(params![signed(done as u64), prefix, run, version]).map(|_| ())
}

/// Columns of ours that the table does not have.
pub fn missing_columns(connection: &Connection, table: &str) -> rusqlite::Result<Vec<&'static str>> {
    let mut statement = connection.prepare("SELECT lower(name) FROM pragma_table_info(?1)")?;
    let found = statement.query_map([table], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?;
    Ok(COLUMNS.into_iter().filter(|column| !found.iter().any(|name| name == column)).collect())
}

/// Every row, oldest first.
pub fn read(connection: &Connection, table: &str) -> Result<Vec<LedgerLine>, Unread> {
    let mut statement = connection.prepare(&format!("SELECT {} FROM {table} ORDER BY id", COLUMNS.join(", ")))?;
    let mut rows = statement.query([])?;
    let mut lines = Vec::new();
    while let Some(row) = rows.next()? {
        lines.push(line(row)?);
    }
    Ok(lines)
}

fn line(row: &Row<'_>) -> Result<LedgerLine, Unread> {
    let id: i64 = row.get("id")?;
    let tool: Option<String> = row.get("tool")?;
    let at: String = row.get("at")?;
    Ok(LedgerLine {
        version: row.get("version")?,
        name: row.get("name")?,
        kind: known(id, "kind", &row.get::<_, String>("kind")?)?,
        at: Instant::from_str(&at).map_err(|_| Unread::Word(id, "at", at))?,
        took: row.get::<_, Option<i64>>("took_ms")?.map(|took| Millis(took.unsigned_abs())),
        who: row.get("who")?,
        statements: Count(row.get::<_, i64>("statements")?.unsigned_abs()),
        done: Count(row.get::<_, i64>("done")?.unsigned_abs()),
        bytes_sha256: row.get::<_, Option<String>>("bytes_sha256")?.map(Digest),
        statements_sha256: row.get::<_, Option<String>>("statements_sha256")?.map(Digest),
        down_sql: row.get("down_sql")?,
        tool: tool.map(|tool| known::<Tool>(id, "tool", &tool)).transpose()?,
        reason: row.get("reason")?,
        run: row.get("run")?,
    })
}

/// The wire word of a kind, a tool or a moment.
fn word(value: impl Serialize) -> Option<String> {
    match serde_json::to_value(value) {
        Ok(Value::String(word)) => Some(word),
        _ => None,
    }
}

fn known<T: DeserializeOwned>(id: i64, column: &'static str, word: &str) -> Result<T, Unread> {
    serde_json::from_value(Value::from(word)).map_err(|_| Unread::Word(id, column, word.to_owned()))
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_value(value).map(|value| value.to_string()).unwrap_or_default()
}

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
