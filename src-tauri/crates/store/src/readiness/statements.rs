//! What was said of a copy: rows that are only ever added, each with the digest of the one before, and each named in the audit trail, so
//! that neither a changed nor a missing one stays unseen.

use std::collections::{BTreeMap, BTreeSet};

use quarterdeck_model::{
    Digest, Instant, Outcome,
    readiness::{Attachment, GateAction, Statement, StatementKind, VerdictWord},
};
use rusqlite::{Connection, Row, params};

use super::{
    copies::{self, CopyRow},
    frozen,
};
use crate::database::{at, fault, from_word, from_word_option, json_option, parsed, parsed_option, to_json, word};

/// The name of the audit trail's lines that hold digests of statements.
pub const AUDITED: &str = "statement";

/// What is about to be said.
#[derive(Debug, Clone)]
pub struct Saying {
    /// What.
    pub kind: StatementKind,
    /// Of which item.
    pub item: Option<String>,
    /// At which station.
    pub station: Option<String>,
    /// Of which gate.
    pub gate: Option<String>,
    /// What that gate protects.
    pub action: Option<GateAction>,
    /// Who signs for it.
    pub person: Option<String>,
    /// Who that is.
    pub signer: Option<String>,
    /// In which role.
    pub role: Option<String>,
    /// The operating system's user.
    pub who: String,
    /// When.
    pub at: Instant,
    /// In which words.
    pub text: String,
    /// Until when it holds.
    pub until: Option<Instant>,
    /// What was decided.
    pub verdict: Option<VerdictWord>,
    /// The score then.
    pub score: Option<u32>,
    /// Digest of what was shown.
    pub shown: Option<Digest>,
    /// Which statement it revokes.
    pub revokes: Option<u32>,
    /// What is attached.
    pub attachment: Option<Attachment>,
}

impl Saying {
    /// Something that the operating system's user says.
    pub fn new(kind: StatementKind, who: &str, at: Instant) -> Self {
        Self {
            kind,
            item: None,
            station: None,
            gate: None,
            action: None,
            person: None,
            signer: None,
            role: None,
            who: who.to_owned(),
            at,
            text: String::new(),
            until: None,
            verdict: None,
            score: None,
            shown: None,
            revokes: None,
            attachment: None,
        }
    }
}

/// Adds a statement behind the newest one of its copy.
pub fn append(connection: &Connection, copy: &CopyRow, saying: Saying) -> Outcome<Statement> {
    let sql = "SELECT number, digest FROM statements WHERE copy = ? ORDER BY number DESC LIMIT 1";
    let newest = crate::database::optional(connection.query_row(sql, [&copy.id], |row| Ok((row.get::<_, u32>(0)?, row.get(1)?))))?;
    let (before, previous) = newest.map_or_else(|| (0, copy.digest()), |(number, digest)| (number, Digest(digest)));
    let mut statement = statement_of(before + 1, saying);
    statement.digest = digest(&previous, &statement)?;
    let sql = "INSERT INTO statements (copy, number, kind, item, station, gate, action, person, signer, role, who, at, text, until,
                   verdict, score, shown, revokes, attachment, previous, digest)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let Statement { number, kind, item, station, gate, person, signer, role, who, text, revokes, .. } = &statement;
    let row = params![
        copy.id,
        number,
        word(kind)?,
        item,
        station,
        gate,
        statement.action.as_ref().map(word).transpose()?,
        person,
        signer,
        role,
        who,
        at(statement.at),
        text,
        statement.until.map(at),
        statement.verdict.as_ref().map(word).transpose()?,
        statement.score,
        statement.shown.as_ref().map(|shown| &shown.0),
        revokes,
        statement.attachment.as_ref().map(to_json).transpose()?,
        previous.0,
        statement.digest.0
    ];
    connection.execute(sql, row).map_err(fault)?;
    Ok(statement)
}

/// Everything that was said of a copy, oldest first. Whether it is stale is not known here.
pub fn list(connection: &Connection, copy: &str) -> Outcome<Vec<Statement>> {
    let mut statements: Vec<Statement> = chain(connection, copy)?.into_iter().map(|(statement, _)| statement).collect();
    let revoked: BTreeMap<u32, u32> = statements.iter().filter_map(|one| Some((one.revokes?, one.number))).rev().collect();
    for statement in &mut statements {
        statement.revoked_by = revoked.get(&statement.number).copied();
    }
    Ok(statements)
}

/// How often a gate was passed while it was closed, by copy; none of those where it never was.
pub fn bypasses(connection: &Connection) -> Outcome<BTreeMap<String, u32>> {
    let sql = "SELECT copy, count(*) FROM statements WHERE kind = ? GROUP BY copy";
    let mut rows = connection.prepare_cached(sql).map_err(fault)?;
    let counted = rows.query_map([word(&StatementKind::Bypass)?], |row| Ok((row.get(0)?, row.get(1)?)));
    counted.and_then(Iterator::collect).map_err(fault)
}

/// What was withdrawn: the copy that says so, the gate, and what it protects no more.
pub fn withdrawn(connection: &Connection) -> Outcome<BTreeSet<(String, String, GateAction)>> {
    let sql = "SELECT copy, gate, action FROM statements WHERE kind = ? AND gate IS NOT NULL AND action IS NOT NULL";
    let mut rows = connection.prepare_cached(sql).map_err(fault)?;
    let named = rows.query_map([word(&StatementKind::Withdraw)?], |row| Ok((row.get(0)?, row.get(1)?, from_word(row, "action")?)));
    named.and_then(Iterator::collect).map_err(fault)
}

/// The latest moment of whatever says Yes of a copy and may count: neither taken back nor followed by a later word of the same person on the
/// same. What changes afterwards is later than that, whatever clocks do.
pub fn latest_yes(connection: &Connection, copy: &str) -> Outcome<Option<Instant>> {
    let [sign, go, decide] = [StatementKind::Sign, StatementKind::Go, StatementKind::Decide].map(|kind| word(&kind));
    let sql = "SELECT at FROM statements AS said WHERE copy = ?1 AND kind IN (?2, ?3, ?4)
                   AND NOT EXISTS (SELECT 1 FROM statements AS later WHERE copy = ?1 AND number > said.number
                       AND (revokes = said.number OR (kind IN (?2, ?3, ?4) AND item IS said.item AND station IS said.station
                           AND signer IS said.signer)))
               ORDER BY at DESC LIMIT 1";
    crate::database::optional(connection.query_row(sql, params![copy, sign?, go?, decide?], |row| parsed(row, "at")))
}

/// The newest decision of a copy that was not taken back: when, what, and the score then.
pub fn decision(connection: &Connection, copy: &str) -> Outcome<Option<(Instant, VerdictWord, Option<u32>)>> {
    let sql = "SELECT at, verdict, score FROM statements AS said WHERE copy = ?1 AND kind = ?2
                   AND NOT EXISTS (SELECT 1 FROM statements WHERE copy = ?1 AND revokes = said.number)
               ORDER BY number DESC LIMIT 1";
    let read = |row: &Row<'_>| Ok((parsed(row, "at")?, from_word(row, "verdict")?, row.get("score")?));
    crate::database::optional(connection.query_row(sql, params![copy, word(&StatementKind::Decide)?], read))
}

/// Recomputes the chains of all copies, and compares them with the audit trail. What does not fit, in words.
pub fn verify(connection: &Connection) -> Outcome<Vec<String>> {
    let mut findings = Vec::new();
    let mut noted = noted(connection)?;
    for copy in copies::all(connection)? {
        let name = format!("the copy {} ({} {} of {})", copy.id, copy.checklist, copy.release, copy.system);
        let mut expected = (1, copy.digest());
        let said = chain(connection, &copy.id)?;
        findings.extend(frozen::verify(connection, &copy, &name, said.iter().map(|(statement, _)| statement))?);
        for (statement, previous) in said {
            let number = statement.number;
            if number != expected.0 {
                findings.push(format!("Statements {} to {} of {name} are missing.", expected.0, number - 1));
            } else if previous != expected.1 {
                let before = if number == 1 { "the copy itself".to_owned() } else { format!("statement {}", number - 1) };
                findings.push(format!("Statement {number} of {name} does not follow what is before it: it, or {before}, was changed."));
            }
            if digest(&previous, &statement)? != statement.digest {
                findings.push(format!("Statement {number} of {name} was changed after it was written."));
            } else if noted.remove(&format!("{}/{number}", copy.id)).is_none_or(|digest| digest != statement.digest.0) {
                findings.push(format!("Statement {number} of {name} is not the one that the audit trail names."));
            }
            noted.remove(&format!("{}/{number}", copy.id));
            expected = (number + 1, statement.digest);
        }
    }
    findings.extend(noted.keys().map(|gone| format!("Statement {gone} is gone: the audit trail names it.")));
    Ok(findings)
}

/// `COPY/NUMBER` and the digest.
type Noted = BTreeMap<String, String>;

/// What the audit trail says of statements.
fn noted(connection: &Connection) -> Outcome<Noted> {
    let mut lines = connection.prepare_cached("SELECT target, detail FROM audit WHERE operation = ?").map_err(fault)?;
    lines.query_map([AUDITED], |row| Ok((row.get(0)?, row.get(1)?))).and_then(Iterator::collect).map_err(fault)
}

/// Statements with the digest that each says is before it.
fn chain(connection: &Connection, copy: &str) -> Outcome<Vec<(Statement, Digest)>> {
    let mut rows = connection.prepare_cached("SELECT * FROM statements WHERE copy = ? ORDER BY number").map_err(fault)?;
    let read = rows.query_map([copy], |row| Ok((statement(row)?, Digest(row.get("previous")?))));
    read.and_then(Iterator::collect).map_err(fault)
}

/// SHA-256 over the digest before and the fields in their order, so that no two statements share an encoding.
fn digest(previous: &Digest, one: &Statement) -> Outcome<Digest> {
    let Statement {
        number,
        kind,
        item,
        station,
        gate,
        action,
        person,
        signer,
        role,
        who,
        text,
        until,
        verdict,
        score,
        shown,
        revokes,
        attachment,
        ..
    } = one;
    let said = (number, kind, (item, station, gate, action), (person, signer, role), who, at(one.at), text, until.map(at));
    Ok(Digest::of(to_json(&(previous, said, (verdict, score), shown, revokes, attachment))?.as_bytes()))
}

fn statement_of(number: u32, saying: Saying) -> Statement {
    Statement {
        number,
        kind: saying.kind,
        item: saying.item,
        station: saying.station,
        gate: saying.gate,
        action: saying.action,
        person: saying.person,
        signer: saying.signer,
        role: saying.role,
        who: saying.who,
        at: saying.at,
        text: saying.text,
        until: saying.until,
        verdict: saying.verdict,
        score: saying.score,
        shown: saying.shown,
        stale: false,
        revokes: saying.revokes,
        revoked_by: None,
        attachment: saying.attachment,
        digest: Digest(String::new()),
    }
}

fn statement(row: &Row<'_>) -> rusqlite::Result<Statement> {
    let saying = Saying {
        kind: from_word(row, "kind")?,
        item: row.get("item")?,
        station: row.get("station")?,
        gate: row.get("gate")?,
        action: from_word_option(row, "action")?,
        person: row.get("person")?,
        signer: row.get("signer")?,
        role: row.get("role")?,
        who: row.get("who")?,
        at: parsed(row, "at")?,
        text: row.get("text")?,
        until: parsed_option(row, "until")?,
        verdict: from_word_option(row, "verdict")?,
        score: row.get("score")?,
        shown: row.get::<_, Option<String>>("shown")?.map(Digest),
        revokes: row.get("revokes")?,
        attachment: json_option(row, "attachment")?,
    };
    Ok(Statement { digest: Digest(row.get("digest")?), ..statement_of(row.get("number")?, saying) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Store, audit, readiness::copies::tests::with_copies};
    use chrono::DateTime;
    use quarterdeck_model::Face;

    const FREE: &str = "DROP TRIGGER statements_stay; DROP TRIGGER statements_are_not_removed;";

    fn said() -> (tempfile::TempDir, Store) {
        let (folder, store) = with_copies(&["aa"]);
        store.write(|tx| ["one", "two", "three"].iter().try_for_each(|text| say(tx, text))).unwrap();
        (folder, store)
    }

    fn say(connection: &Connection, text: &str) -> Outcome<()> {
        let copy = copies::beginning(connection, "aa")?.remove(0);
        let saying = Saying { text: text.to_owned(), ..Saying::new(StatementKind::Note, "root", DateTime::UNIX_EPOCH) };
        let said = append(connection, &copy, saying)?;
        let (target, detail) = (format!("{}/{}", copy.id, said.number), said.digest.0);
        let (at, face) = (said.at, Face::Cli);
        let line = audit::Entry { at, who: "root", face, operation: AUDITED, target: &target, outcome: "succeeded", detail: &detail };
        audit::append(connection, &line).map(drop)
    }

    fn after(tamper: &str) -> Vec<String> {
        let (_folder, store) = said();
        store.write(|tx| tx.execute_batch(&format!("{FREE} {tamper}")).map_err(fault)).unwrap();
        store.read(verify).unwrap()
    }

    #[test]
    fn statements_follow_each_other_and_a_revoked_one_says_by_which() {
        let (_folder, store) = said();
        let revoke = Saying { revokes: Some(2), ..Saying::new(StatementKind::Revoke, "root", DateTime::UNIX_EPOCH) };
        let copy = store.read(|c| copies::beginning(c, "aa")).unwrap().remove(0);
        let last = store.write(|tx| append(tx, &copy, revoke)).unwrap();
        let all = store.read(|c| list(c, "aa")).unwrap();
        assert_eq!(all.iter().map(|one| (one.number, one.revoked_by)).collect::<Vec<_>>(), [(1, None), (2, Some(4)), (3, None), (4, None)]);
        assert_eq!(all[3], last);
    }

    #[test]
    fn nothing_is_edited_or_removed() {
        let (_folder, store) = said();
        assert_eq!(store.read(verify).unwrap(), [""; 0]);
        for sql in ["UPDATE statements SET text = 'x'", "DELETE FROM statements"] {
            assert!(store.write(|tx| tx.execute_batch(sql).map_err(fault)).is_err(), "{sql}");
        }
    }

    #[test]
    fn every_way_to_rewrite_what_was_said_shows() {
        let copy = "the copy aa (release 2.aa of shop)";
        assert_eq!(
            after("UPDATE statements SET person = 'Eve' WHERE number = 2"),
            [format!("Statement 2 of {copy} was changed after it was written.")]
        );
        assert_eq!(after("DELETE FROM statements WHERE number = 3"), ["Statement aa/3 is gone: the audit trail names it."]);
        assert_eq!(
            after("DELETE FROM statements WHERE number = 2"),
            [format!("Statements 2 to 2 of {copy} are missing."), "Statement aa/2 is gone: the audit trail names it.".to_owned()]
        );
        let other = after("UPDATE copies SET release = '3.0'");
        assert!(other[0].contains("Statement 1 of the copy aa") && other[0].contains("the copy itself"), "{other:?}");
        let forged = after("UPDATE audit SET detail = 'x' WHERE target = 'aa/2'");
        assert_eq!(forged, [format!("Statement 2 of {copy} is not the one that the audit trail names.")]);
    }
}
