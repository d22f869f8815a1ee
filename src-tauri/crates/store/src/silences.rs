//! Agreed quiet: silences, which end, and maintenance windows, which come back.

use quarterdeck_model::{
    Instant, Outcome,
    alert::{LabelMatcher, Maintenance},
};
use rusqlite::{Connection, params};

use crate::database::{at, fault, json, parsed, to_json};

/// A silence as it was agreed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SilenceRow {
    /// Sixteen hexadecimal figures.
    pub id: String,
    /// All must hold.
    pub matchers: Vec<LabelMatcher>,
    /// From when.
    pub from: Instant,
    /// Until when.
    pub until: Instant,
    /// Who.
    pub by: String,
    /// Why.
    pub reason: String,
    /// When it was made.
    pub made: Instant,
}

/// Keeps a silence.
pub fn add(connection: &Connection, silence: &SilenceRow) -> Outcome<()> {
    let sql = "INSERT INTO silences (id, matchers, begins, ends, who, reason, made) VALUES (?, ?, ?, ?, ?, ?, ?)";
    let SilenceRow { id, matchers, from, until, by, reason, made } = silence;
    connection.execute(sql, params![id, to_json(matchers)?, at(*from), at(*until), by, reason, at(*made)]).map(|_| ()).map_err(fault)
}

/// Ends a silence at a moment; false where there is none that goes on behind it.
pub fn end(connection: &Connection, id: &str, now: Instant) -> Outcome<bool> {
    let sql = "UPDATE silences SET ends = ?2, begins = min(begins, ?2) WHERE id = ?1 AND ends > ?2";
    connection.execute(sql, params![id, at(now)]).map(|rows| rows > 0).map_err(fault)
}

/// Silences that end behind a moment, those that end first before others.
pub fn ending_after(connection: &Connection, moment: Instant) -> Outcome<Vec<SilenceRow>> {
    let mut rows = connection.prepare_cached("SELECT * FROM silences WHERE ends > ? ORDER BY ends, id").map_err(fault)?;
    let read = rows.query_map([at(moment)], |row| {
        Ok(SilenceRow {
            id: row.get("id")?,
            matchers: json(row, "matchers")?,
            from: parsed(row, "begins")?,
            until: parsed(row, "ends")?,
            by: row.get("who")?,
            reason: row.get("reason")?,
            made: parsed(row, "made")?,
        })
    });
    read.and_then(Iterator::collect).map_err(fault)
}

/// Keeps a maintenance window in place of the one of its name.
pub fn set_maintenance(connection: &Connection, window: &Maintenance) -> Outcome<()> {
    let sql = "INSERT OR REPLACE INTO maintenance (name, agreed) VALUES (?, ?)";
    connection.execute(sql, params![window.name, to_json(window)?]).map(|_| ()).map_err(fault)
}

/// Forgets a maintenance window; false where there is none of that name.
pub fn forget_maintenance(connection: &Connection, name: &str) -> Outcome<bool> {
    connection.execute("DELETE FROM maintenance WHERE name = ?", [name]).map(|rows| rows > 0).map_err(fault)
}

/// All maintenance windows, by name.
pub fn maintenance(connection: &Connection) -> Outcome<Vec<Maintenance>> {
    let mut rows = connection.prepare_cached("SELECT agreed FROM maintenance ORDER BY name").map_err(fault)?;
    rows.query_map([], |row| json(row, "agreed")).and_then(Iterator::collect).map_err(fault)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;

    fn moment(seconds: i64) -> Instant {
        Instant::from_timestamp_millis(1_795_000_000_000 + seconds * 1_000).unwrap()
    }

    fn matcher() -> LabelMatcher {
        LabelMatcher { label: "system".to_owned(), sign: "=".to_owned(), value: "shop".to_owned() }
    }

    #[test]
    fn a_silence_ends_when_it_was_said_or_before() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("quarterdeck.db")).unwrap();
        let silence = |id: &str, from, until| SilenceRow {
            id: id.to_owned(),
            matchers: vec![matcher()],
            from: moment(from),
            until: moment(until),
            by: "ada".to_owned(),
            reason: "move of the disks".to_owned(),
            made: moment(0),
        };
        let all = [silence("a", 0, 60), silence("b", 100, 200)];
        store.write(|tx| all.iter().try_for_each(|silence| add(tx, silence))).unwrap();
        assert_eq!(store.read(|c| ending_after(c, moment(0))).unwrap(), all);
        assert_eq!(store.read(|c| ending_after(c, moment(60))).unwrap(), all[1..]);
        assert!(store.write(|tx| end(tx, "b", moment(50))).unwrap(), "one that is to come ends, too");
        assert!(!store.write(|tx| end(tx, "b", moment(50))).unwrap() && !store.write(|tx| end(tx, "c", moment(50))).unwrap());
        assert_eq!(store.read(|c| ending_after(c, moment(49))).unwrap()[0].from, moment(50));
    }

    #[test]
    fn a_window_replaces_the_one_of_its_name() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("quarterdeck.db")).unwrap();
        let window = |reason: &str| Maintenance {
            name: "nights".to_owned(),
            matchers: vec![matcher()],
            weekdays: Vec::new(),
            days_of_month: Vec::new(),
            from: "22:00".to_owned(),
            until: "02:00".to_owned(),
            zone: "Europe/Berlin".to_owned(),
            reason: reason.to_owned(),
            by: "ada".to_owned(),
        };
        store.write(|tx| set_maintenance(tx, &window("one"))).unwrap();
        store.write(|tx| set_maintenance(tx, &window("two"))).unwrap();
        assert_eq!(store.read(maintenance).unwrap(), [window("two")]);
        assert!(store.write(|tx| forget_maintenance(tx, "nights")).unwrap());
        assert!(!store.write(|tx| forget_maintenance(tx, "nights")).unwrap());
    }
}
