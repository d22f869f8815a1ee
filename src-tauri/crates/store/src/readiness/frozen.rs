//! What a copy rests on and never changes: the file that it was opened with, and how it stood when it was closed. Neither is a statement,
//! but the chain holds the digest of each: of the file in the copy itself, of the closing in the statement that closes it.

use quarterdeck_model::{
    Digest, Outcome,
    readiness::{Statement, StatementKind},
};
use rusqlite::Connection;

use super::{
    copies::{self, CopyRow},
    measurements,
};

/// What does not fit the chain, in words; `name` is the copy's.
pub(super) fn verify<'s>(
    connection: &Connection,
    copy: &CopyRow,
    name: &str,
    said: impl Iterator<Item = &'s Statement> + Clone,
) -> Outcome<Vec<String>> {
    let mut findings = Vec::new();
    match copies::version(connection, &copy.version)? {
        Some(content) if Digest::of(&content) == copy.version => {}
        Some(_) => findings.push(format!("The file that {name} was opened with was changed after that.")),
        None => findings.push(format!("The file that {name} was opened with is gone.")),
    }
    let closing = said.clone().find(|statement| statement.kind == StatementKind::Close);
    if let Some(closing) = closing {
        let late = said.filter(|statement| statement.number > closing.number && !is_said_of_closed(statement.kind));
        findings.extend(
            late.map(|late| format!("Statement {} was added to {name} after statement {} closed it.", late.number, closing.number)),
        );
    }
    match (&copy.closed, closing) {
        (None, None) => {}
        (Some(_), None) => findings.push(format!("No statement says that {name} is closed, and it is.")),
        (None, Some(said)) => findings.push(format!("Statement {} closed {name}, and it is open.", said.number)),
        (Some((at, figures)), Some(said)) => {
            if said.shown.as_ref() != Some(&figures.digest(*at)) {
                findings.push(format!("How {name} stood when statement {} closed it was changed after that.", said.number));
            } else if measurements::digest(connection, &copy.id)? != figures.evidence {
                findings.push(format!("What was measured for {name} was changed after statement {} closed it.", said.number));
            }
        }
    }
    Ok(findings)
}

/// What may still be said where a copy is closed: what happens to its gates.
fn is_said_of_closed(kind: StatementKind) -> bool {
    matches!(kind, StatementKind::Bypass | StatementKind::Withdraw)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Store, audit,
        database::fault,
        readiness::{
            copies::{Closing, tests::with_copies},
            measurements::Kept,
            statements::{self, AUDITED, Saying},
        },
    };
    use chrono::{DateTime, TimeDelta};
    use quarterdeck_model::{Face, readiness::VerdictWord};

    const FREE: &str = "DROP TRIGGER copies_stay_closed; DROP TRIGGER measurements_stay; DROP TRIGGER checklist_versions_stay;";

    /// One copy that is closed, with one measurement, and one that is open.
    fn closed() -> (tempfile::TempDir, Store) {
        let (folder, store) = with_copies(&["aa", "ab"]);
        store.write(|tx| ["aa", "ab"].iter().try_for_each(|id| say(tx, id, StatementKind::Open, None))).unwrap();
        store.write(|tx| measure(tx, "holds")).unwrap();
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(1);
        store
            .write(|tx| {
                let evidence = measurements::digest(tx, "aa")?;
                let (by, verdict, score) = ("root".to_owned(), VerdictWord::Waived, Some(88));
                let closing = Closing { by, verdict, decided: None, score, held: 7, items: 8, evidence };
                say(tx, "aa", StatementKind::Close, Some(closing.digest(now)))?;
                copies::close(tx, "aa", now, &closing)
            })
            .unwrap();
        (folder, store)
    }

    fn measure(connection: &Connection, says: &str) -> Outcome<()> {
        let kept = Kept { outcome: Digest::of(says.as_bytes()), since: DateTime::UNIX_EPOCH, measured: DateTime::UNIX_EPOCH };
        measurements::keep(connection, "aa", "a/1", &kept, &says, true)
    }

    fn say(connection: &Connection, copy: &str, kind: StatementKind, shown: Option<Digest>) -> Outcome<()> {
        let copy = copies::beginning(connection, copy)?.remove(0);
        let said = statements::append(connection, &copy, Saying { shown, ..Saying::new(kind, "root", DateTime::UNIX_EPOCH) })?;
        let (target, detail) = (format!("{}/{}", copy.id, said.number), said.digest.0);
        let (at, face) = (said.at, Face::Cli);
        let line = audit::Entry { at, who: "root", face, operation: AUDITED, target: &target, outcome: "succeeded", detail: &detail };
        audit::append(connection, &line).map(drop)
    }

    fn after(tamper: &str) -> Vec<String> {
        let (_folder, store) = closed();
        assert_eq!(store.read(statements::verify).unwrap(), [""; 0]);
        store.write(|tx| tx.execute_batch(&format!("{FREE} {tamper}")).map_err(fault)).unwrap();
        store.read(statements::verify).unwrap()
    }

    #[test]
    fn every_way_to_edit_how_a_copy_stood_shows() {
        let copy = "the copy aa (release 2.aa of shop)";
        let figures = [format!("How {copy} stood when statement 2 closed it was changed after that.")];
        for (key, value) in [("verdict", "'go'"), ("decided", "'go'"), ("score", "100"), ("held", "8"), ("items", "7"), ("by", "'eve'")] {
            let sql = format!("UPDATE copies SET closing = json_set(closing, '$.{key}', {value}) WHERE id = 'aa'");
            assert_eq!(after(&sql), figures, "{key}");
        }
        assert_eq!(after("UPDATE copies SET closed = '1970-01-03T00:00:00.000Z' WHERE id = 'aa'"), figures);
        let open = after("UPDATE copies SET closed = NULL, closing = NULL WHERE id = 'aa'");
        assert_eq!(open, [format!("Statement 2 closed {copy}, and it is open.")]);
        let unsaid = after("UPDATE copies SET closed = opened, closing = (SELECT closing FROM copies WHERE id = 'aa') WHERE id = 'ab'");
        assert_eq!(unsaid, ["No statement says that the copy ab (release 2.ab of shop) is closed, and it is."]);
    }

    #[test]
    fn what_lay_under_a_closed_copy_and_its_file_show_as_well() {
        let measured = ["What was measured for the copy aa (release 2.aa of shop) was changed after statement 2 closed it."];
        for sql in [
            "UPDATE measurements SET measurement = '\"fails\"'",
            "UPDATE measurements SET since = measured || ' '",
            "DELETE FROM measurements",
        ] {
            assert_eq!(after(sql), measured, "{sql}");
        }
        let file = after("UPDATE checklist_versions SET content = x'00'");
        assert_eq!(file.len(), 2, "each copy that was opened with it: {file:?}");
        assert!(file[0].starts_with("The file that the copy aa (release 2.aa of shop) was opened with was changed"), "{file:?}");
    }

    #[test]
    fn only_what_happens_to_its_gates_is_said_of_a_closed_copy() {
        let (_folder, store) = closed();
        store.write(|tx| say(tx, "aa", StatementKind::Bypass, None)).unwrap();
        assert_eq!(store.read(statements::verify).unwrap(), [""; 0]);
        store.write(|tx| say(tx, "aa", StatementKind::Close, None)).unwrap();
        let late = store.read(statements::verify).unwrap();
        assert_eq!(late, ["Statement 4 was added to the copy aa (release 2.aa of shop) after statement 2 closed it."]);
        assert_eq!(store.read(statements::bypasses).unwrap(), [("aa".to_owned(), 1)].into());
    }

    #[test]
    fn nothing_is_measured_for_a_closed_copy() {
        let (_folder, store) = closed();
        assert!(store.write(|tx| measure(tx, "fails")).is_err());
    }
}
