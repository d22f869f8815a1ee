//! People who sign. Only hashes of what they type are here.

use std::fmt;

use quarterdeck_model::{Instant, Outcome};
use rusqlite::{Connection, Row, params};

use crate::database::{at, fault, json, optional, parsed, parsed_option, to_json};

/// Somebody who signs.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// As it is shown beside signatures; no two differ only in case.
    pub name: String,
    /// Ids of roles in checklists.
    pub roles: Vec<String>,
    /// Argon2id of the passphrase, as a PHC string; none until they have set one.
    pub passphrase: Option<String>,
    /// The same of the word that sets it once, and until when that works.
    pub word: Option<(String, Instant)>,
    /// When wrong ones were typed lately.
    pub tries: Vec<Instant>,
    /// After too many of them.
    pub paused_until: Option<Instant>,
    /// When they were added.
    pub added: Instant,
    /// By whom.
    pub added_by: String,
}

impl fmt::Debug for PersonRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PersonRow").field("name", &self.name).field("roles", &self.roles).finish_non_exhaustive()
    }
}

/// All of them, by name.
pub fn list(connection: &Connection) -> Outcome<Vec<PersonRow>> {
    let mut rows = connection.prepare_cached("SELECT * FROM people ORDER BY name").map_err(fault)?;
    rows.query_map([], person).and_then(Iterator::collect).map_err(fault)
}

/// The one of that name, in any case of its letters.
pub fn get(connection: &Connection, name: &str) -> Outcome<Option<PersonRow>> {
    optional(connection.query_row("SELECT * FROM people WHERE name = ?", [name], person))
}

/// Keeps a person in place of the one of that name.
pub fn set(connection: &Connection, person: &PersonRow) -> Outcome<()> {
    let PersonRow { name, roles, passphrase, word, tries, paused_until, added, added_by } = person;
    let (word, ends) = word.as_ref().map(|(word, ends)| (word, at(*ends))).unzip();
    let sql = "INSERT OR REPLACE INTO people (name, roles, passphrase, word, word_ends, tries, paused_until, added, added_by)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let row = params![name, to_json(roles)?, passphrase, word, ends, to_json(tries)?, paused_until.map(at), at(*added), added_by];
    connection.execute(sql, row).map(|_| ()).map_err(fault)
}

/// Forgets a person; false where there is none of that name.
pub fn forget(connection: &Connection, name: &str) -> Outcome<bool> {
    connection.execute("DELETE FROM people WHERE name = ?", [name]).map(|rows| rows > 0).map_err(fault)
}

fn person(row: &Row<'_>) -> rusqlite::Result<PersonRow> {
    let word: Option<String> = row.get("word")?;
    Ok(PersonRow {
        name: row.get("name")?,
        roles: json(row, "roles")?,
        passphrase: row.get("passphrase")?,
        word: word.zip(parsed_option(row, "word_ends")?),
        tries: json(row, "tries")?,
        paused_until: parsed_option(row, "paused_until")?,
        added: parsed(row, "added")?,
        added_by: row.get("added_by")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;
    use chrono::{DateTime, TimeDelta};

    #[test]
    fn a_person_comes_back_as_kept_and_is_one_in_any_case() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("quarterdeck.db")).unwrap();
        let later = DateTime::UNIX_EPOCH + TimeDelta::days(7);
        let mut ada = PersonRow {
            name: "Ada L.".to_owned(),
            roles: vec!["dba".to_owned(), "tech-lead".to_owned()],
            passphrase: None,
            word: Some(("$argon2id$word".to_owned(), later)),
            tries: vec![later],
            paused_until: Some(later),
            added: DateTime::UNIX_EPOCH,
            added_by: "root".to_owned(),
        };
        store.write(|tx| set(tx, &ada)).unwrap();
        assert_eq!(store.read(|c| get(c, "ada l.")).unwrap().as_ref(), Some(&ada));
        ada = PersonRow { passphrase: Some("$argon2id$own".to_owned()), word: None, paused_until: None, ..ada };
        store.write(|tx| set(tx, &ada)).unwrap();
        assert_eq!(store.read(list).unwrap(), std::slice::from_ref(&ada));
        assert!(!format!("{ada:?}").contains("argon2id"), "nothing that could be guessed at is printed");
        assert!(store.write(|tx| forget(tx, "ADA L.")).unwrap());
        assert!(!store.write(|tx| forget(tx, "ADA L.")).unwrap());
    }
}
