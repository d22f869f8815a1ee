//! Beside the series: how each plan is, what people should know, and how far logs were read. All of it lies here and not in the engine's
//! store, whose every change makes every window ask again.

use quarterdeck_model::Outcome;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{Identity, fault};

/// How many notices are kept.
const NOTICES: i64 = 500;

/// What somebody should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NoticeRow {
    /// Since when, in milliseconds since 1970.
    pub at: i64,
    /// How grave, a word.
    pub tone: String,
    /// One sentence.
    pub sentence: String,
}

/// Adds a notice; of many the newest stay.
pub fn add_notice(tx: &Transaction<'_>, notice: &NoticeRow) -> Outcome<()> {
    tx.execute("INSERT INTO notices (at, tone, sentence) VALUES (?1, ?2, ?3)", params![notice.at, notice.tone, notice.sentence])
        .map_err(fault)?;
    tx.execute("DELETE FROM notices WHERE n <= (SELECT max(n) FROM notices) - ?1", [NOTICES]).map(|_| ()).map_err(fault)
}

/// All notices, the newest first.
pub fn notices(connection: &Connection) -> Outcome<Vec<NoticeRow>> {
    let mut rows = connection.prepare_cached("SELECT at, tone, sentence FROM notices ORDER BY n DESC").map_err(fault)?;
    let read = rows.query_map([], |row| Ok(NoticeRow { at: row.get(0)?, tone: row.get(1)?, sentence: row.get(2)? }));
    read.and_then(Iterator::collect).map_err(fault)
}

/// Keeps how a plan is.
pub fn set_state(tx: &Transaction<'_>, plan: &str, body: &str) -> Outcome<()> {
    let sql = "INSERT INTO states (plan, body) VALUES (?1, ?2) ON CONFLICT (plan) DO UPDATE SET body = excluded.body";
    tx.execute(sql, [plan, body]).map(|_| ()).map_err(fault)
}

/// Forgets a plan.
pub fn drop_state(tx: &Transaction<'_>, plan: &str) -> Outcome<()> {
    tx.execute("DELETE FROM states WHERE plan = ?1", [plan]).map(|_| ()).map_err(fault)
}

/// How each plan is: its key, and the text that was kept.
pub fn states(connection: &Connection) -> Outcome<Vec<(String, String)>> {
    let mut rows = connection.prepare_cached("SELECT plan, body FROM states ORDER BY plan").map_err(fault)?;
    let read = rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)));
    read.and_then(Iterator::collect).map_err(fault)
}

/// Keeps how far a log was read.
pub fn set_position(tx: &Transaction<'_>, log: &str, file: Identity, offset: u64) -> Outcome<()> {
    let sql = "INSERT INTO positions (log, device, inode, offset) VALUES (?1, ?2, ?3, ?4)
        ON CONFLICT (log) DO UPDATE SET device = excluded.device, inode = excluded.inode, offset = excluded.offset";
    // Numbers of files use all 64 bits; the column keeps them as they are.
    tx.execute(sql, params![log, file.0.cast_signed(), file.1.cast_signed(), offset.cast_signed()]).map(|_| ()).map_err(fault)
}

/// Which file a log was, and how far it was read; none where it never was.
pub fn position(connection: &Connection, log: &str) -> Outcome<Option<(Identity, u64)>> {
    let read = |row: &rusqlite::Row<'_>| {
        let number = |at: usize| row.get::<_, i64>(at).map(i64::cast_unsigned);
        Ok(((number(0)?, number(1)?), number(2)?))
    };
    connection.query_row("SELECT device, inode, offset FROM positions WHERE log = ?1", [log], read).optional().map_err(fault)
}
