//! Messages: each is a row before it is sent, and says afterwards what became of it.

use quarterdeck_model::{
    Instant, Outcome,
    alert::{AlertNotice, NoticeState},
    system::Name,
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params, types::Value};

use super::fault;
use crate::database::{json, to_json, word};

/// Days after which a notice is forgotten.
const DAYS: i64 = 400;

/// More notices than this are not kept; the oldest go first.
const MOST: i64 = 100_000;

/// Which notices are wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted<'w> {
    /// Only those that told of this alert.
    pub alert: Option<&'w str>,
    /// Only those of this router.
    pub router: Option<&'w str>,
    /// Only those to this receiver.
    pub receiver: Option<&'w str>,
    /// Only those of this system.
    pub system: Option<&'w str>,
    /// Only those that failed or are tried again.
    pub failed: bool,
    /// Only those with a smaller number.
    pub before: Option<i64>,
    /// Not more than this.
    pub most: u32,
}

/// A message that waits to be sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Waiting {
    /// What is known of it.
    pub notice: AlertNotice,
    /// What is sent.
    pub message: String,
}

/// Adds a notice with what is sent; its number is set. One that is not sent has no message.
pub fn add(tx: &Transaction<'_>, notice: &mut AlertNotice, system: Option<&Name>, message: Option<&str>) -> Outcome<()> {
    let sql = "INSERT INTO notices (at, router, receiver, system, state, again, body, message) VALUES (?1, ?2, ?3, ?4, ?5, ?6, '', ?7)";
    let again = notice.again.unwrap_or(notice.at).timestamp_millis();
    let system = system.map(Name::as_str);
    let values = params![notice.at.timestamp_millis(), notice.router, notice.receiver, system, word(&notice.state)?, again, message];
    tx.prepare_cached(sql).and_then(|mut insert| insert.execute(values)).map_err(fault)?;
    notice.id = tx.last_insert_rowid();
    tx.execute("UPDATE notices SET body = ?2 WHERE n = ?1", params![notice.id, to_json(notice)?]).map_err(fault)?;
    let mut insert = tx.prepare_cached("INSERT OR IGNORE INTO notice_alerts (alert, notice) VALUES (?1, ?2)").map_err(fault)?;
    notice.alerts.iter().try_for_each(|alert| insert.execute(params![alert.id, notice.id]).map(|_| ()).map_err(fault))
}

/// Keeps how a notice stands. What is sent is kept while it waits.
pub fn stand(tx: &Transaction<'_>, notice: &AlertNotice) -> Outcome<()> {
    let waits = matches!(notice.state, NoticeState::Queued | NoticeState::Again);
    let sql = "UPDATE notices SET state = ?2, again = ?3, body = ?4, message = iif(?5, message, NULL) WHERE n = ?1";
    let again = notice.again.unwrap_or(notice.at).timestamp_millis();
    tx.execute(sql, params![notice.id, word(&notice.state)?, again, to_json(notice)?, waits]).map(|_| ()).map_err(fault)
}

/// Messages that wait and are due, those that have waited longest first.
pub fn due(connection: &Connection, now: Instant, most: u32) -> Outcome<Vec<Waiting>> {
    let sql = "SELECT body, message FROM notices WHERE message IS NOT NULL AND again <= ?1 ORDER BY again, n LIMIT ?2";
    let mut rows = connection.prepare_cached(sql).map_err(fault)?;
    let read = |row: &Row<'_>| Ok(Waiting { notice: json(row, "body")?, message: row.get("message")? });
    rows.query_map(params![now.timestamp_millis(), most], read).and_then(Iterator::collect).map_err(fault)
}

/// When the first message that waits is due; none where none waits.
pub fn next(connection: &Connection) -> Outcome<Option<i64>> {
    let sql = "SELECT min(again) FROM notices WHERE message IS NOT NULL";
    connection.query_row(sql, [], |row| row.get(0)).map_err(fault)
}

/// Notices, the newest first.
pub fn list(connection: &Connection, wanted: &Wanted<'_>) -> Outcome<Vec<AlertNotice>> {
    let mut sql = "SELECT body FROM notices WHERE 1".to_owned();
    let mut values: Vec<Value> = Vec::new();
    let mut only = |condition: &str, behind: &str, value: Option<Value>| {
        if let Some(value) = value {
            values.push(value);
            sql.push_str(&format!(" AND {condition} ?{}{behind}", values.len()));
        }
    };
    let text = |text: &str| Value::Text(text.to_owned());
    only("router =", "", wanted.router.map(text));
    only("receiver =", "", wanted.receiver.map(text));
    only("system =", "", wanted.system.map(text));
    only("n <", "", wanted.before.map(Value::Integer));
    only("n IN (SELECT notice FROM notice_alerts WHERE alert =", ")", wanted.alert.map(text));
    if wanted.failed {
        sql.push_str(" AND state IN ('failed', 'again')");
    }
    sql.push_str(&format!(" ORDER BY n DESC LIMIT {}", wanted.most));
    let mut statement = connection.prepare_cached(&sql).map_err(fault)?;
    statement.query_map(rusqlite::params_from_iter(values), |row| json(row, "body")).and_then(Iterator::collect).map_err(fault)
}

/// One notice; none where it was forgotten.
pub fn get(connection: &Connection, n: i64) -> Outcome<Option<AlertNotice>> {
    let mut statement = connection.prepare_cached("SELECT body FROM notices WHERE n = ?1").map_err(fault)?;
    statement.query_row([n], |row| json(row, "body")).optional().map_err(fault)
}

/// Forgets notices that are too old or too many, but none that waits; how many.
pub fn keep(tx: &Transaction<'_>, now: Instant) -> Outcome<usize> {
    let before = now.timestamp_millis() - DAYS * 24 * 3_600_000;
    let old = tx.execute("DELETE FROM notices WHERE at < ?1 AND message IS NULL", [before]).map_err(fault)?;
    let sql = "DELETE FROM notices WHERE n <= (SELECT max(n) FROM notices) - ?1 AND message IS NULL";
    Ok(old + tx.execute(sql, [MOST]).map_err(fault)?)
}
