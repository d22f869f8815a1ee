//! The audit trail: a chain in which each line holds the digest of the line before, so that a rewritten past shows.

use quarterdeck_model::{Digest, Face, Instant, Outcome, audit::AuditLine};
use rusqlite::{Connection, OptionalExtension, Row, params};

use crate::database::{at, fault, from_word, parsed, word};

/// A line that is about to be written.
pub struct Entry<'a> {
    /// When.
    pub at: Instant,
    /// Who.
    pub who: &'a str,
    /// Through which door.
    pub face: Face,
    /// The operation.
    pub operation: &'a str,
    /// On what.
    pub target: &'a str,
    /// How it ended.
    pub outcome: &'a str,
    /// A short sentence.
    pub detail: &'a str,
}

/// The result of recomputing the chain.
pub struct Verdict {
    /// Lines in the trail.
    pub lines: u64,
    /// Digest of the newest line.
    pub head: Option<Digest>,
    /// What does not fit; empty where the chain holds.
    pub findings: Vec<String>,
}

/// Adds a line behind the newest one. Call it inside the transaction of what it records.
pub fn append(connection: &Connection, entry: &Entry<'_>) -> Outcome<AuditLine> {
    let newest = newest(connection)?;
    let mut line = AuditLine {
        number: newest.as_ref().map_or(1, |line| line.number + 1),
        at: entry.at,
        who: entry.who.to_owned(),
        face: entry.face,
        operation: entry.operation.to_owned(),
        target: entry.target.to_owned(),
        outcome: entry.outcome.to_owned(),
        detail: entry.detail.to_owned(),
        previous: newest.map_or_else(|| Digest::of(b""), |line| line.digest),
        digest: Digest(String::new()),
    };
    line.digest = digest(&line);
    connection
        .execute(
            "INSERT INTO audit (number, at, who, face, operation, target, outcome, detail, previous, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            params![
                line.number,
                at(line.at),
                line.who,
                word(&line.face)?,
                line.operation,
                line.target,
                line.outcome,
                line.detail,
                line.previous.0,
                line.digest.0
            ],
        )
        .map_err(fault)?;
    Ok(line)
}

/// Lines before `before` (or the newest), newest first.
pub fn list(connection: &Connection, before: Option<i64>, limit: u32) -> Outcome<Vec<AuditLine>> {
    let mut statement = connection.prepare("SELECT * FROM audit WHERE number < ? ORDER BY number DESC LIMIT ?").map_err(fault)?;
    let rows = statement.query_map(params![before.unwrap_or(i64::MAX), limit], line).map_err(fault)?;
    rows.collect::<Result<_, _>>().map_err(fault)
}

/// All lines of an operation on a target, oldest first.
pub fn of(connection: &Connection, operation: &str, target: &str) -> Outcome<Vec<AuditLine>> {
    let sql = "SELECT * FROM audit WHERE operation = ? AND target = ? ORDER BY number";
    let mut statement = connection.prepare_cached(sql).map_err(fault)?;
    statement.query_map([operation, target], line).and_then(Iterator::collect).map_err(fault)
}

/// Digest of the newest line.
pub fn head(connection: &Connection) -> Outcome<Option<Digest>> {
    Ok(newest(connection)?.map(|line| line.digest))
}

/// True where some line has this digest: a head that a snapshot carries must be found again.
pub fn contains(connection: &Connection, head: &Digest) -> Outcome<bool> {
    connection.query_row("SELECT EXISTS (SELECT 1 FROM audit WHERE digest = ?)", [&head.0], |row| row.get(0)).map_err(fault)
}

/// Recomputes every digest.
pub fn verify(connection: &Connection) -> Outcome<Verdict> {
    let mut statement = connection.prepare("SELECT * FROM audit ORDER BY number").map_err(fault)?;
    let mut verdict = Verdict { lines: 0, head: None, findings: Vec::new() };
    let mut previous = Digest::of(b"");
    let mut expected = 1;
    for row in statement.query_map([], line).map_err(fault)? {
        let line = row.map_err(fault)?;
        if line.number != expected {
            verdict.findings.push(format!("Lines {expected} to {} are missing.", line.number - 1));
        } else if line.previous != previous {
            verdict.findings.push(format!("Line {} does not follow the line before it: one of them was changed.", line.number));
        }
        if digest(&line) != line.digest {
            verdict.findings.push(format!("Line {} was changed after it was written.", line.number));
        }
        expected = line.number + 1;
        previous = line.digest.clone();
        verdict.lines += 1;
        verdict.head = Some(line.digest);
    }
    Ok(verdict)
}

/// SHA-256 over the fields in the order of the type, each preceded by its length in bytes, so that no two lines share an encoding.
fn digest(line: &AuditLine) -> Digest {
    let (number, moment, face) = (line.number.to_string(), at(line.at), line.face.to_string());
    let fields = [&number, &moment, &line.who, &face, &line.operation, &line.target, &line.outcome, &line.detail, &line.previous.0];
    let mut text = String::new();
    for field in fields {
        text.push_str(&format!("{}:{field}", field.len()));
    }
    Digest::of(text.as_bytes())
}

fn newest(connection: &Connection) -> Outcome<Option<AuditLine>> {
    connection.query_row("SELECT * FROM audit ORDER BY number DESC LIMIT 1", [], line).optional().map_err(fault)
}

fn line(row: &Row<'_>) -> rusqlite::Result<AuditLine> {
    Ok(AuditLine {
        number: row.get("number")?,
        at: parsed(row, "at")?,
        who: row.get("who")?,
        face: from_word(row, "face")?,
        operation: row.get("operation")?,
        target: row.get("target")?,
        outcome: row.get("outcome")?,
        detail: row.get("detail")?,
        previous: Digest(row.get("previous")?),
        digest: Digest(row.get("digest")?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Store;

    fn trail() -> (tempfile::TempDir, Store) {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(&folder.path().join("store.db")).unwrap();
        for (operation, target) in [("add_system", "shop"), ("backup_system", "shop"), ("restore_component", "shop")] {
            let entry = Entry {
                at: chrono::DateTime::UNIX_EPOCH,
                who: "ada",
                face: Face::Cli,
                operation,
                target,
                outcome: "succeeded",
                detail: "",
            };
            store.write(|tx| append(tx, &entry)).unwrap();
        }
        (folder, store)
    }

    fn after(tamper: &str) -> Vec<String> {
        let (_folder, store) = trail();
        store.write(|tx| tx.execute_batch(tamper).map_err(fault)).unwrap();
        store.read(verify).unwrap().findings
    }

    #[test]
    fn a_chain_that_nobody_touched_holds_and_its_head_is_found() {
        let (_folder, store) = trail();
        let verdict = store.read(verify).unwrap();
        assert_eq!((verdict.lines, verdict.findings.len()), (3, 0));
        assert!(store.read(|c| contains(c, &verdict.head.clone().unwrap())).unwrap());
        assert_eq!(store.read(|c| list(c, Some(3), 1)).unwrap()[0].operation, "backup_system");
    }

    #[test]
    fn every_way_to_rewrite_the_past_shows() {
        assert_eq!(after("UPDATE audit SET target = 'other' WHERE number = 2"), ["Line 2 was changed after it was written."]);
        assert_eq!(after("DELETE FROM audit WHERE number = 2"), ["Lines 2 to 2 are missing."]);
        assert_eq!(
            after("DELETE FROM audit WHERE number = 2; UPDATE audit SET number = 2 WHERE number = 3"),
            ["Line 2 does not follow the line before it: one of them was changed.", "Line 2 was changed after it was written."]
        );
    }
}
