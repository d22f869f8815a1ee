//! Who has which alert.

use std::collections::BTreeMap;

use quarterdeck_model::{Outcome, alert::Acknowledgement};
use rusqlite::{Connection, params};

use crate::database::{at, fault, parsed, parsed_option};

/// Keeps that somebody has an alert, in place of whoever had it before.
pub fn put(connection: &Connection, alert: &str, given: &Acknowledgement) -> Outcome<()> {
    let sql = "INSERT OR REPLACE INTO acknowledgements (alert, who, at, note, until) VALUES (?, ?, ?, ?, ?)";
    connection.execute(sql, params![alert, given.by, at(given.at), given.note, given.until.map(at)]).map(|_| ()).map_err(fault)
}

/// Forgets that somebody has an alert; false where nobody had it.
pub fn drop(connection: &Connection, alert: &str) -> Outcome<bool> {
    connection.execute("DELETE FROM acknowledgements WHERE alert = ?", [alert]).map(|rows| rows > 0).map_err(fault)
}

/// Who has which alert, also where the time of that is out.
pub fn all(connection: &Connection) -> Outcome<BTreeMap<String, Acknowledgement>> {
    let mut rows = connection.prepare_cached("SELECT * FROM acknowledgements").map_err(fault)?;
    let read = rows.query_map([], |row| {
        let given =
            Acknowledgement { by: row.get("who")?, at: parsed(row, "at")?, note: row.get("note")?, until: parsed_option(row, "until")? };
        Ok((row.get("alert")?, given))
    });
    read.and_then(Iterator::collect).map_err(fault)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;
    use quarterdeck_model::Instant;

    #[test]
    fn the_last_one_has_it_until_it_is_given_back() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("quarterdeck.db")).unwrap();
        let at = Instant::from_timestamp_millis(1_795_000_000_123).unwrap();
        let ada = Acknowledgement { by: "ada".to_owned(), at, note: "on it".to_owned(), until: None };
        let bob = Acknowledgement { by: "bob".to_owned(), until: Some(at), ..ada.clone() };
        store.write(|tx| put(tx, "a1", &ada)).unwrap();
        store.write(|tx| put(tx, "a1", &bob)).unwrap();
        assert_eq!(store.read(all).unwrap(), BTreeMap::from([("a1".to_owned(), bob)]));
        assert!(store.write(|tx| drop(tx, "a1")).unwrap() && !store.write(|tx| drop(tx, "a1")).unwrap());
        assert_eq!(store.read(all).unwrap(), BTreeMap::new());
    }
}
