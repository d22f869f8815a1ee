//! People who sign. Only hashes of what they type are here.

use std::fmt;

use quarterdeck_model::{Instant, Outcome};
use rusqlite::{Connection, Row, params};

use crate::database::{at, fault, json, optional, parsed, parsed_option, to_json};

/// Somebody who signs.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonRow {
    /// Sixteen hexadecimal figures: who it is, whatever they are called.
    pub id: String,
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
    /// Since when they sign no more.
    pub forgotten: Option<Instant>,
}

impl fmt::Debug for PersonRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PersonRow").field("name", &self.name).field("roles", &self.roles).finish_non_exhaustive()
    }
}

/// All who can sign, by name.
pub fn list(connection: &Connection) -> Outcome<Vec<PersonRow>> {
    many(connection, "SELECT * FROM people WHERE forgotten IS NULL ORDER BY name")
}

/// All who ever could, by name.
pub fn ever(connection: &Connection) -> Outcome<Vec<PersonRow>> {
    many(connection, "SELECT * FROM people ORDER BY name")
}

fn many(connection: &Connection, sql: &str) -> Outcome<Vec<PersonRow>> {
    let mut rows = connection.prepare_cached(sql).map_err(fault)?;
    rows.query_map([], person).and_then(Iterator::collect).map_err(fault)
}

/// The one of that name who can sign, in any case of its letters.
pub fn get(connection: &Connection, name: &str) -> Outcome<Option<PersonRow>> {
    optional(connection.query_row("SELECT * FROM people WHERE name = ? AND forgotten IS NULL", [name], person))
}

/// Keeps a person in place of what was kept of them.
pub fn set(connection: &Connection, person: &PersonRow) -> Outcome<()> {
    let PersonRow { id, name, roles, passphrase, word, tries, paused_until, added, added_by, forgotten } = person;
    let (word, ends) = word.as_ref().map(|(word, ends)| (word, at(*ends))).unzip();
    // Of the same person only: a name that is another's is refused by the table.
    connection.execute("DELETE FROM people WHERE id = ?", [id]).map_err(fault)?;
    let sql = "INSERT INTO people (id, name, roles, passphrase, word, word_ends, tries, paused_until, added, added_by, forgotten)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let (tries, paused, forgotten) = (to_json(tries)?, paused_until.map(at), forgotten.map(at));
    let row = params![id, name, to_json(roles)?, passphrase, word, ends, tries, paused, at(*added), added_by, forgotten];
    connection.execute(sql, row).map(|_| ()).map_err(fault)
}

/// Forgets a person but for who it is: nothing that they could sign with is kept. False where there is none of that name.
pub fn forget(connection: &Connection, name: &str, now: Instant) -> Outcome<bool> {
    let Some(there) = get(connection, name)? else { return Ok(false) };
    let (tries, forgotten) = (Vec::new(), Some(now));
    let gone = PersonRow { roles: Vec::new(), passphrase: None, word: None, tries, paused_until: None, forgotten, ..there };
    set(connection, &gone).map(|()| true)
}

fn person(row: &Row<'_>) -> rusqlite::Result<PersonRow> {
    let word: Option<String> = row.get("word")?;
    Ok(PersonRow {
        id: row.get("id")?,
        name: row.get("name")?,
        roles: json(row, "roles")?,
        passphrase: row.get("passphrase")?,
        word: word.zip(parsed_option(row, "word_ends")?),
        tries: json(row, "tries")?,
        paused_until: parsed_option(row, "paused_until")?,
        added: parsed(row, "added")?,
        added_by: row.get("added_by")?,
        forgotten: parsed_option(row, "forgotten")?,
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
            id: "a0".to_owned(),
            name: "Ada L.".to_owned(),
            roles: vec!["dba".to_owned(), "tech-lead".to_owned()],
            passphrase: None,
            word: Some(("$argon2id$word".to_owned(), later)),
            tries: vec![later],
            paused_until: Some(later),
            added: DateTime::UNIX_EPOCH,
            added_by: "root".to_owned(),
            forgotten: None,
        };
        store.write(|tx| set(tx, &ada)).unwrap();
        assert_eq!(store.read(|c| get(c, "ada l.")).unwrap().as_ref(), Some(&ada));
        ada = PersonRow { passphrase: Some("$argon2id$own".to_owned()), word: None, paused_until: None, ..ada };
        store.write(|tx| set(tx, &ada)).unwrap();
        assert_eq!(store.read(list).unwrap(), std::slice::from_ref(&ada));
        assert!(!format!("{ada:?}").contains("argon2id"), "nothing that could be guessed at is printed");
        let other = PersonRow { id: "b0".to_owned(), name: "ada l.".to_owned(), ..ada.clone() };
        assert!(store.write(|tx| set(tx, &other)).is_err(), "nobody takes another's name");
        assert!(store.write(|tx| forget(tx, "ADA L.", later)).unwrap());
        assert!(!store.write(|tx| forget(tx, "ADA L.", later)).unwrap());
        assert_eq!(store.read(list).unwrap(), []);
        let kept = store.read(ever).unwrap().remove(0);
        assert_eq!((kept.id.as_str(), kept.passphrase, kept.roles, kept.forgotten), ("a0", None, Vec::new(), Some(later)));
    }
}
