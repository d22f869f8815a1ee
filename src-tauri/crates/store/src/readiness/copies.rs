//! Versions of checklists, and the copies that were made of them.

use quarterdeck_model::{
    Digest, Instant, Outcome,
    readiness::VerdictWord,
    system::{Environment, Name},
};
use rusqlite::{Connection, ErrorCode, Row, params};
use serde::{Deserialize, Serialize};

use crate::database::{at, fault, from_word, json_option, optional, parsed, parsed_option, to_json, word};

/// A copy of a checklist.
#[derive(Debug, Clone, PartialEq)]
pub struct CopyRow {
    /// Sixteen hexadecimal figures.
    pub id: String,
    /// Of which system.
    pub system: Name,
    /// Which instance.
    pub environment: Environment,
    /// The name of the checklist.
    pub checklist: String,
    /// What it is for.
    pub title: String,
    /// Which release.
    pub release: String,
    /// SHA-256 of its file.
    pub version: Digest,
    /// When it was opened.
    pub opened: Instant,
    /// By whom.
    pub opened_by: String,
    /// When it was closed, and how it stood then.
    pub closed: Option<(Instant, Closing)>,
}

/// How a copy stood when it was closed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Closing {
    /// By whom.
    pub by: String,
    /// What stood.
    pub verdict: VerdictWord,
    /// What was decided, where that still stood.
    pub decided: Option<VerdictWord>,
    /// 0 to 100; none where nothing counts.
    pub score: Option<u32>,
    /// How many items held, were waived or did not apply.
    pub held: u64,
    /// Of how many.
    pub items: u64,
    /// Over everything that was measured for it by then ([`super::measurements::digest`]).
    pub evidence: Digest,
}

impl Closing {
    /// Over the moment and every figure; the statement that closes the copy holds it as what was shown.
    pub fn digest(&self, moment: Instant) -> Digest {
        let Self { by, verdict, decided, score, held, items, evidence } = self;
        Digest::over(&(at(moment), by, verdict, decided, score, held, items, evidence))
    }
}

impl CopyRow {
    /// Over everything that never changes; the first statement of the copy holds it.
    pub fn digest(&self) -> Digest {
        let Self { id, system, environment, checklist, title, release, version, opened, opened_by, closed: _ } = self;
        Digest::over(&(id, system, environment, checklist, title, release, version, at(*opened), opened_by))
    }
}

/// Keeps the file of a checklist under its digest; the same bytes once.
pub fn keep_version(connection: &Connection, content: &[u8]) -> Outcome<Digest> {
    let digest = Digest::of(content);
    let sql = "INSERT INTO checklist_versions (digest, content) VALUES (?, ?) ON CONFLICT DO NOTHING";
    connection.execute(sql, params![digest.0, content]).map_err(fault)?;
    Ok(digest)
}

/// The file of a checklist.
pub fn version(connection: &Connection, digest: &Digest) -> Outcome<Option<Vec<u8>>> {
    optional(connection.query_row("SELECT content FROM checklist_versions WHERE digest = ?", [&digest.0], |row| row.get(0)))
}

/// Keeps a new copy; false where one of this checklist and release is open already.
pub fn add(connection: &Connection, copy: &CopyRow) -> Outcome<bool> {
    let sql = "INSERT INTO copies (id, system, environment, checklist, title, release, version, opened, opened_by)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let CopyRow { id, system, environment, checklist, title, release, version, opened, opened_by, .. } = copy;
    let row = params![id, system.as_str(), word(environment)?, checklist, title, release, version.0, at(*opened), opened_by];
    match connection.execute(sql, row) {
        Ok(_) => Ok(true),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => Ok(false),
        Err(error) => Err(fault(error)),
    }
}

/// Closes a copy.
pub fn close(connection: &Connection, id: &str, now: Instant, closing: &Closing) -> Outcome<()> {
    let sql = "UPDATE copies SET closed = ?, closing = ? WHERE id = ? AND closed IS NULL";
    connection.execute(sql, params![at(now), to_json(closing)?, id]).map(|_| ()).map_err(fault)
}

/// Copies whose id begins so, at most two.
pub fn beginning(connection: &Connection, id: &str) -> Outcome<Vec<CopyRow>> {
    many(connection, "SELECT * FROM copies WHERE substr(id, 1, length(?1)) = ?1 ORDER BY number LIMIT 2", params![id])
}

/// Open ones first, newest first; of one system, or of all.
pub fn list(connection: &Connection, system: Option<&Name>, limit: u32) -> Outcome<Vec<CopyRow>> {
    let sql = "SELECT * FROM copies WHERE ?1 IS NULL OR system = ?1 ORDER BY closed IS NOT NULL, number DESC LIMIT ?2";
    many(connection, sql, params![system.map(Name::as_str), limit])
}

/// All that are open, oldest first.
pub fn open(connection: &Connection) -> Outcome<Vec<CopyRow>> {
    many(connection, "SELECT * FROM copies WHERE closed IS NULL ORDER BY number", [])
}

/// All of them, oldest first.
pub fn all(connection: &Connection) -> Outcome<Vec<CopyRow>> {
    many(connection, "SELECT * FROM copies ORDER BY number", [])
}

/// The newest open one of a checklist.
pub fn newest_open(connection: &Connection, system: &Name, checklist: &str) -> Outcome<Option<CopyRow>> {
    let sql = "SELECT * FROM copies WHERE system = ? AND checklist = ? AND closed IS NULL ORDER BY number DESC LIMIT 1";
    optional(connection.query_row(sql, [system.as_str(), checklist], copy))
}

/// All of a system, oldest first.
pub fn of_system(connection: &Connection, system: &Name) -> Outcome<Vec<CopyRow>> {
    many(connection, "SELECT * FROM copies WHERE system = ? ORDER BY number", [system.as_str()])
}

/// The newest one of a checklist, open or closed.
pub fn newest(connection: &Connection, system: &Name, checklist: &str) -> Outcome<Option<CopyRow>> {
    let sql = "SELECT * FROM copies WHERE system = ? AND checklist = ? ORDER BY number DESC LIMIT 1";
    optional(connection.query_row(sql, [system.as_str(), checklist], copy))
}

/// Those of the same checklist that were opened before this one, newest first.
pub fn before(connection: &Connection, one: &CopyRow) -> Outcome<Vec<CopyRow>> {
    let sql = "SELECT * FROM copies WHERE system = ?1 AND checklist = ?2 AND number < (SELECT number FROM copies WHERE id = ?3)
               ORDER BY number DESC LIMIT 20";
    many(connection, sql, [one.system.as_str(), &one.checklist, &one.id])
}

fn many(connection: &Connection, sql: &str, given: impl rusqlite::Params) -> Outcome<Vec<CopyRow>> {
    let mut rows = connection.prepare_cached(sql).map_err(fault)?;
    rows.query_map(given, copy).and_then(Iterator::collect).map_err(fault)
}

fn copy(row: &Row<'_>) -> rusqlite::Result<CopyRow> {
    let closed: Option<Instant> = parsed_option(row, "closed")?;
    Ok(CopyRow {
        id: row.get("id")?,
        system: parsed(row, "system")?,
        environment: from_word(row, "environment")?,
        checklist: row.get("checklist")?,
        title: row.get("title")?,
        release: row.get("release")?,
        version: Digest(row.get("version")?),
        opened: parsed(row, "opened")?,
        opened_by: row.get("opened_by")?,
        closed: closed.zip(json_option(row, "closing")?),
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::Store;
    use chrono::{DateTime, TimeDelta};

    /// A store with one version, and open copies of it.
    pub(in crate::readiness) fn with_copies(ids: &[&str]) -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("quarterdeck.db")).unwrap();
        store.write(|tx| ids.iter().try_for_each(|id| add(tx, &row(tx, id)).map(drop))).unwrap();
        (folder, store)
    }

    fn row(connection: &Connection, id: &str) -> CopyRow {
        CopyRow {
            id: id.to_owned(),
            system: "shop".parse().unwrap(),
            environment: Environment::Production,
            checklist: "release".to_owned(),
            title: "Release".to_owned(),
            release: format!("2.{id}"),
            version: keep_version(connection, b"title: Release\n").unwrap(),
            opened: DateTime::UNIX_EPOCH,
            opened_by: "root".to_owned(),
            closed: None,
        }
    }

    #[test]
    fn one_copy_of_a_release_is_open_at_a_time_and_versions_are_kept_once() {
        let (_folder, store) = with_copies(&["aa", "ab"]);
        let again = |id: &str| CopyRow { release: "2.aa".to_owned(), ..store.write(|tx| Ok(row(tx, id))).unwrap() };
        let third = again("ac");
        assert!(!store.write(|tx| add(tx, &third)).unwrap());
        let closing = Closing {
            by: "root".into(),
            verdict: VerdictWord::Waived,
            decided: None,
            score: Some(88),
            held: 7,
            items: 8,
            evidence: Digest::of(b""),
        };
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(1);
        store.write(|tx| close(tx, "aa", now, &closing)).unwrap();
        assert!(store.write(|tx| add(tx, &third)).unwrap(), "a closed one is in nobody's way");
        let ids = |rows: Vec<CopyRow>| rows.into_iter().map(|row| row.id).collect::<Vec<_>>();
        assert_eq!(ids(store.read(|c| list(c, None, 10)).unwrap()), ["ac", "ab", "aa"]);
        assert_eq!(ids(store.read(open).unwrap()), ["ab", "ac"]);
        assert_eq!(ids(store.read(|c| beginning(c, "a")).unwrap()).len(), 2);
        let newest = store.read(|c| newest_open(c, &"shop".parse().unwrap(), "release")).unwrap().unwrap();
        assert_eq!(ids(store.read(|c| before(c, &newest)).unwrap()), ["ab", "aa"]);
        assert_eq!(store.read(|c| beginning(c, "aa")).unwrap()[0].closed, Some((now, closing)));
        assert_eq!(store.read(|c| version(c, &newest.version)).unwrap().unwrap(), b"title: Release\n");
        for sql in
            ["UPDATE checklist_versions SET content = x'00'", "UPDATE copies SET closing = NULL WHERE id = 'aa'", "DELETE FROM copies"]
        {
            assert!(store.write(|tx| tx.execute(sql, []).map_err(fault)).is_err(), "{sql}");
        }
    }
}
