//! What happened to alerts, for ever as far as that is bearable.

use quarterdeck_model::{
    Instant, Outcome,
    alert::{AlertEvent, AlertEventKind},
};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params, types::Value};

use super::fault;
use crate::database::{json, to_json, word};

/// Days after which an event is forgotten.
pub const DAYS: i64 = 400;

/// More events than this are not kept; the oldest go first.
const MOST: i64 = 200_000;

/// Which events are wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted<'w> {
    /// Only those of this alert.
    pub alert: Option<&'w str>,
    /// Only those of this system.
    pub system: Option<&'w str>,
    /// Not before.
    pub from: Option<Instant>,
    /// Not after.
    pub until: Option<Instant>,
    /// Only those in which this occurs.
    pub text: Option<&'w str>,
    /// Only those with a smaller number.
    pub before: Option<i64>,
    /// Not more than this.
    pub most: u32,
}

/// Adds an event; its number.
pub fn add(tx: &Transaction<'_>, event: &AlertEvent) -> Outcome<i64> {
    let sql = "INSERT INTO events (at, alert, system, kind, words, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let words = format!("{}\n{}\n{}", event.alert.name, event.sentence, event.by.as_deref().unwrap_or_default()).to_lowercase();
    let system = event.system.as_ref().map(|system| system.as_str());
    let values = params![event.at.timestamp_millis(), event.alert.id, system, word(&event.kind)?, words, to_json(event)?];
    tx.prepare_cached(sql).and_then(|mut insert| insert.execute(values)).map_err(fault)?;
    Ok(tx.last_insert_rowid())
}

/// Events, the newest first, each with its number.
pub fn list(connection: &Connection, wanted: &Wanted<'_>) -> Outcome<Vec<(i64, AlertEvent)>> {
    let mut sql = "SELECT n, body FROM events WHERE 1".to_owned();
    let mut values: Vec<Value> = Vec::new();
    let mut only = |condition: &str, value: Option<Value>| {
        if let Some(value) = value {
            values.push(value);
            sql.push_str(&format!(" AND {condition} ?{}", values.len()));
        }
    };
    let text = |text: &str| Value::Text(text.to_owned());
    let moment = |at: Instant| Value::Integer(at.timestamp_millis());
    only("alert =", wanted.alert.map(text));
    only("system =", wanted.system.map(text));
    only("at >=", wanted.from.map(moment));
    only("at <=", wanted.until.map(moment));
    only("n <", wanted.before.map(Value::Integer));
    if let Some(wanted) = wanted.text {
        values.push(text(&wanted.to_lowercase()));
        sql.push_str(&format!(" AND instr(words, ?{}) > 0", values.len()));
    }
    sql.push_str(&format!(" ORDER BY n DESC LIMIT {}", wanted.most));
    let mut statement = connection.prepare_cached(&sql).map_err(fault)?;
    let read = |row: &Row<'_>| Ok((row.get("n")?, json(row, "body")?));
    statement.query_map(rusqlite::params_from_iter(values), read).and_then(Iterator::collect).map_err(fault)
}

/// Alerts of a system that fired at a moment and did not end before it: what began each.
pub fn firing_at(connection: &Connection, system: &str, moment: Instant) -> Outcome<Vec<AlertEvent>> {
    // Of a group, the other columns are those of the row with the largest number.
    let sql = "SELECT max(n), kind, body FROM events WHERE system = ?1 AND at < ?2 AND kind IN (?3, ?4) GROUP BY alert ORDER BY 1";
    let (firing, resolved) = (word(&AlertEventKind::Firing)?, word(&AlertEventKind::Resolved)?);
    let mut statement = connection.prepare_cached(sql).map_err(fault)?;
    let read = |row: &Row<'_>| Ok((row.get::<_, String>("kind")?, json(row, "body")?));
    let rows = statement.query_map(params![system, moment.timestamp_millis(), firing, resolved], read).map_err(fault)?;
    let newest: Vec<(String, AlertEvent)> = rows.collect::<Result<_, _>>().map_err(fault)?;
    Ok(newest.into_iter().filter(|(kind, _)| *kind == firing).map(|(_, event)| event).collect())
}

/// Since when events are known; none where there are none.
pub fn known_since(connection: &Connection) -> Outcome<Option<Instant>> {
    let oldest: Option<i64> = connection.query_row("SELECT min(at) FROM events", [], |row| row.get(0)).map_err(fault)?;
    Ok(oldest.and_then(Instant::from_timestamp_millis))
}

/// Forgets events that are too old or too many; how many.
pub fn keep(tx: &Transaction<'_>, now: Instant) -> Outcome<usize> {
    let before = now.timestamp_millis() - DAYS * 24 * 3_600_000;
    let old = tx.execute("DELETE FROM events WHERE at < ?1", [before]).map_err(fault)?;
    let newest: Option<i64> = tx.query_row("SELECT max(n) FROM events", [], |row| row.get(0)).optional().map_err(fault)?.flatten();
    let over = tx.execute("DELETE FROM events WHERE n <= ?1", [newest.unwrap_or(0) - MOST]).map_err(fault)?;
    Ok(old + over)
}
