//! A copy with everything that decides how it stands, read in one transaction.

use std::{collections::BTreeMap, path::Path};

use quarterdeck_document::findings::Findings;
use quarterdeck_model::{
    Fault, Instant, Outcome,
    readiness::{ChecklistCopy, Item, ItemState, Statement, StatementKind},
};
use quarterdeck_readiness::{
    checklist::Checklist,
    measurement::{Measurement, said_at},
    standing::{Said, Standing, stand},
};
use quarterdeck_store::{
    Connection, Transaction, audit,
    readiness::{
        copies::{self, CopyRow},
        measurements,
        statements::{self, AUDITED, Saying},
    },
};

use super::files::count;
use crate::operation::Scope;

/// A copy, what was said of it, and what was measured for it.
pub(super) struct Opened {
    pub row: CopyRow,
    pub checklist: Checklist,
    pub statements: Vec<Statement>,
    pub measured: BTreeMap<String, Measurement>,
    /// The moment; of a closed copy the one of its closing: how it stood then never changes.
    pub now: Instant,
}

impl Opened {
    /// The copy whose id begins so. Faults `no-such-copy`, `ambiguous`, `version-unreadable`.
    pub fn find(connection: &Connection, id: &str, now: Instant) -> Outcome<Self> {
        Self::of(connection, find(connection, id)?, now)
    }

    /// The same, refused with `copy-closed` where nothing can be said of it any more.
    pub fn find_open(connection: &Connection, id: &str, now: Instant) -> Outcome<Self> {
        let row = find(connection, id)?;
        ensure_open(&row)?;
        Self::of(connection, row, now)
    }

    /// What belongs to a row.
    pub fn of(connection: &Connection, row: CopyRow, now: Instant) -> Outcome<Self> {
        let checklist = version_of(connection, &row)?;
        let statements = statements::list(connection, &row.id)?;
        let measured = measurements::newest(connection, &row.id)?;
        let now = row.closed.as_ref().map_or(now, |(closed, _)| *closed);
        Ok(Self { row, checklist, statements, measured, now })
    }

    /// What the verdict is formed from.
    pub fn said(&self) -> Said<'_> {
        let Self { row, checklist, statements, measured, now } = self;
        Said { copy: &row.id, checklist, statements, measured, environment: row.environment, opened: row.opened, now: *now }
    }

    /// How it stands.
    pub fn stand(&self) -> Standing {
        stand(&self.said())
    }

    /// The moment of what is said now: not before what it is said of. It may be before what was said already, by a clock that was ahead.
    pub fn said_at(&self) -> Instant {
        said_at(self.now, self.measured.values().map(|measured| measured.since).max())
    }

    /// Gates that were passed while they were closed, oldest first.
    pub fn bypasses(&self) -> impl Iterator<Item = &Statement> {
        self.statements.iter().filter(|said| said.kind == StatementKind::Bypass)
    }

    /// As it is listed.
    pub fn copy(&self, standing: &Standing) -> ChecklistCopy {
        ChecklistCopy {
            decided: standing.polled.as_ref().and_then(|polled| polled.decided),
            score: standing.score.total,
            verdict: standing.verdict.word,
            held: count(standing.items.iter().filter(|item| is_held(item)).count()),
            items: count(standing.items.len()),
            bypassed: count(self.bypasses().count()),
            ..listed(&self.row, quarterdeck_model::readiness::VerdictWord::NoGo)
        }
    }
}

/// What a row says by itself: how it stood where it is closed, and `verdict` with nothing held where it is not.
pub(super) fn listed(row: &CopyRow, verdict: quarterdeck_model::readiness::VerdictWord) -> ChecklistCopy {
    let CopyRow { id, system, environment, checklist, title, release, version, opened, opened_by, closed } = row.clone();
    let closed_at = closed.as_ref().map(|(at, _)| *at);
    let closing = closed.map(|(_, closing)| closing);
    let whole = |figure: Option<u64>| quarterdeck_model::Count(figure.unwrap_or(0));
    ChecklistCopy {
        id,
        system,
        environment,
        checklist,
        title,
        release,
        version,
        opened,
        opened_by,
        closed: closed_at,
        decided: closing.as_ref().and_then(|closing| closing.decided),
        score: closing.as_ref().and_then(|closing| closing.score),
        verdict: closing.as_ref().map_or(verdict, |closing| closing.verdict),
        held: whole(closing.as_ref().map(|closing| closing.held)),
        items: whole(closing.as_ref().map(|closing| closing.items)),
        bypassed: whole(None),
    }
}

/// True where an item stands in nobody's way.
pub(super) fn is_held(item: &Item) -> bool {
    matches!(item.state, ItemState::Holds | ItemState::Waived | ItemState::NotApplicable)
}

/// The row of the copy whose id begins so.
pub(super) fn find(connection: &Connection, id: &str) -> Outcome<CopyRow> {
    let mut found = if id.is_empty() { Vec::new() } else { copies::beginning(connection, id)? };
    match (found.pop(), found.pop()) {
        (Some(row), None) => Ok(row),
        (None, _) => Err(Fault::refused("no-such-copy", format!("There is no copy {id:?} of a checklist.")).hint("List the checklists.")),
        (Some(_), Some(_)) => {
            Err(Fault::usage("ambiguous", format!("Several copies begin with {id:?}.")).hint("Write more of its figures."))
        }
    }
}

/// Refuses with `copy-closed`.
pub(super) fn ensure_open(row: &CopyRow) -> Outcome<()> {
    match &row.closed {
        None => Ok(()),
        Some((at, closing)) => {
            let message = format!("The copy of {} {} was closed by {} at {at}.", row.checklist, row.release, closing.by);
            Err(Fault::refused("copy-closed", message).hint("Open another copy of the checklist."))
        }
    }
}

/// The version that a copy was opened with. Another version of the product may read it otherwise: `version-unreadable`.
pub(super) fn version_of(connection: &Connection, row: &CopyRow) -> Outcome<Checklist> {
    let content = copies::version(connection, &row.version)?.unwrap_or_default();
    let text = String::from_utf8_lossy(&content);
    let mut findings = Findings::new(Path::new(&row.checklist));
    Checklist::read(text.strip_prefix('\u{feff}').unwrap_or(&text), &mut findings).ok_or_else(|| {
        let message = format!("The version of {} that the copy {} was opened with cannot be read any more.", row.checklist, row.id);
        Fault::refused("version-unreadable", message).hint("Close the copy, and open another one.")
    })
}

/// Adds what is said to the chain of its copy, and names it in the audit trail: both, or neither.
pub(super) fn say(tx: &Transaction<'_>, scope: &Scope, row: &CopyRow, saying: Saying) -> Outcome<Statement> {
    let statement = statements::append(tx, row, saying)?;
    let target = format!("{}/{}", row.id, statement.number);
    audit::append(tx, &scope.entry(AUDITED, &target, "succeeded", &statement.digest.0))?;
    Ok(statement)
}
