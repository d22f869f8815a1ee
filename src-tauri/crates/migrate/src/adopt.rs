//! Rows for the ledger that stand for what was not applied by us: adopted histories, baselines, and files that are declared to be right.

use std::collections::BTreeSet;

use quarterdeck_model::{
    Count, Fault, Outcome,
    migration::{LedgerKind, LedgerLine, MigrationState, Tool},
};

use crate::{
    apply::record,
    collection::{Collection, Migration, MigrationKind},
    history::{Entry, History, checksum},
    ledger::{Record, Stamp},
    settings,
    timeline::{self, Line},
};

/// What adopting a history comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct Adoption {
    /// The rows to add, in the order of the versions.
    pub records: Vec<Record>,
    /// Files whose checksum is not the one that the tool remembers, as sentences; adopting them needs a reason.
    pub disagreements: Vec<String>,
    /// Entries whose checksum agrees; absent where the tool keeps none that can be computed.
    pub checked: Option<u64>,
    /// What will happen and what will not, as sentences.
    pub steps: Vec<String>,
}

/// The history to adopt: the one that is named, else the only one, or one of several that say the same. Fault `histories-disagree`, and
/// `no-history` where there is none to adopt.
pub fn choose<'a>(collection: &Collection, histories: &'a [History], tool: Option<Tool>) -> Outcome<&'a History> {
    let with_entries = || histories.iter().filter(|history| !history.entries.is_empty() && tool.is_none_or(|tool| history.tool == tool));
    let Some(first) = with_entries().next() else { return Err(no_history(histories, tool)) };
    let says = |history: &History| -> BTreeSet<(String, bool)> {
        let lines = timeline::of(collection, &[], std::slice::from_ref(history), true).lines;
        lines
            .into_iter()
            .filter(|line| line.found.is_some())
            .map(|line| (line.version.text, line.state != MigrationState::Failed))
            .collect()
    };
    let expected = says(first);
    match with_entries().find(|other| says(other) != expected) {
        None => Ok(first),
        Some(other) => {
            let (one, two) = (settings::name(first.tool), settings::name(other.tool));
            Err(Fault::refused("histories-disagree", format!("The histories of {one} and {two} in this database contradict each other."))
                .hint("Name with --tool the one that is right.")
                .fact("tools", vec![one, two]))
        }
    }
}

/// What taking over this history comes to. `reason` is why files that disagree are taken all the same: see [`ensure_agrees`].
///
/// A version that stands half-way becomes a row that says so, and is gone on with from its first statement.
pub fn of(collection: &Collection, history: &History, ledger: &[LedgerLine], stamp: Stamp<'_>, reason: Option<&str>) -> Adoption {
    let timeline = timeline::of(collection, ledger, std::slice::from_ref(history), true);
    let mut adoption = Adoption { records: Vec::new(), disagreements: Vec::new(), checked: None, steps: Vec::new() };
    for line in &timeline.lines {
        let (Some((tool, entry)), None) = (&line.found, &line.entry) else { continue };
        let migration = line.migration.and_then(|at| collection.migrations.get(at));
        let agrees = migration.and_then(|migration| checksum::matches(*tool, entry, migration));
        if agrees == Some(true) {
            *adoption.checked.get_or_insert(0) += 1;
        }
        if agrees == Some(false) && !line.repeatable {
            let name = settings::name(*tool);
            adoption.disagreements.push(format!("{} is not the file that {name} applied: its checksum is another one.", line.version));
        }
        adoption.records.push(adopted(line, *tool, entry, migration, agrees, stamp, reason));
    }
    adoption.steps = steps(collection, history, &adoption);
    adoption
}

/// Entries of a history whose checksum agrees with the file; absent where the tool keeps none that can be computed.
pub fn checked(collection: &Collection, history: &History) -> Option<u64> {
    let timeline = timeline::of(collection, &[], std::slice::from_ref(history), true);
    let judged = timeline.lines.iter().filter_map(|line| {
        let (tool, entry) = line.found.as_ref()?;
        checksum::matches(*tool, entry, collection.migrations.get(line.migration?)?)
    });
    judged.fold(None, |agree, agrees| Some(agree.unwrap_or(0) + u64::from(agrees)))
}

/// Refuses an adoption with disagreements and without a reason: `adopt-modified`.
pub fn ensure_agrees(adoption: &Adoption, reason: Option<&str>) -> Outcome<()> {
    match adoption.disagreements.first() {
        Some(first) if reason.is_none_or(|reason| reason.trim().is_empty()) => Err(Fault::refused("adopt-modified", first.clone())
            .hint("Put the file back as it was applied, or adopt it with a reason.")
            .fact("disagreements", adoption.disagreements.clone())),
        _ => Ok(()),
    }
}

/// Rows that declare every migration up to a version to be applied, without running any. Faults: `version-missing`, `already-applied`
/// where the ledger has rows.
pub fn baseline(
    collection: &Collection,
    ledger: &[LedgerLine],
    version: &str,
    stamp: Stamp<'_>,
    reason: Option<&str>,
) -> Outcome<Vec<Record>> {
    if !crate::ledger::newest(ledger).is_empty() {
        return Err(Fault::refused("already-applied", "The ledger of this database already says what is applied.")
            .hint("Look at the list of migrations; rebless single versions where they are not right."));
    }
    let versioned = || collection.migrations.iter().filter(|migration| migration.kind == MigrationKind::Versioned);
    let same = |migration: &&Migration| migration.version.text == version;
    let equal = |migration: &&Migration| migration.version == crate::history::versions::version(collection.layout, version);
    let Some(last) = versioned().find(same).or_else(|| versioned().find(equal)) else {
        return Err(Fault::refused("version-missing", format!("There is no migration {version}."))
            .hint("Name a version as the list of migrations shows it.")
            .fact("version", version));
    };
    let covered = versioned().filter(|migration| migration.version <= last.version);
    let records = covered.map(|migration| {
        let mut record = record::of(migration, LedgerKind::Baseline, stamp);
        record.line.reason = reason.map(str::to_owned);
        record
    });
    Ok(records.collect())
}

/// The row that declares the file as it is now to be what was applied, or a file that is gone to be gone for good. Fault `reason-missing`,
/// and `nothing-to-rebless` for a line that is as it should be.
pub fn rebless(line: &Line, migration: Option<&Migration>, reason: &str, stamp: Stamp<'_>) -> Outcome<Record> {
    use MigrationState::{Failed, Future, Missing, Modified};
    if reason.trim().is_empty() {
        return Err(Fault::usage("reason-missing", "A file is declared to be right only with a reason.").hint("Say why it is right."));
    }
    if !matches!(line.state, Modified | Missing | Failed | Future) && !line.bytes_changed {
        return Err(Fault::refused("nothing-to-rebless", format!("{} is {}: there is nothing to declare.", line.version, line.sentence))
            .hint("Rebless a version that was modified, is missing, or stopped half-way.")
            .fact("version", line.version.text.as_str()));
    }
    let mut record = match migration {
        Some(migration) => record::of(migration, LedgerKind::Reblessed, stamp),
        None => without_file(line, LedgerKind::Reblessed, stamp),
    };
    record.line.version.clone_from(&line.version.text);
    record.line.done = record.line.statements;
    record.line.reason = Some(reason.trim().to_owned());
    // The way down belongs to what was applied, not to the file as it is now.
    if line.state != Failed {
        record.line.down_sql =
            line.entry.as_ref().and_then(|row| row.down_sql.clone()).or(record.line.down_sql.filter(|_| migration.is_none()));
    }
    Ok(record)
}

fn adopted(
    line: &Line,
    tool: Tool,
    entry: &Entry,
    migration: Option<&Migration>,
    agrees: Option<bool>,
    stamp: Stamp<'_>,
    reason: Option<&str>,
) -> Record {
    let kind = match (entry.success, entry.baseline) {
        (false, _) => LedgerKind::Failed,
        (true, true) => LedgerKind::Baseline,
        (true, false) => LedgerKind::Adopted,
    };
    let mut record = match migration {
        Some(migration) => record::of(migration, kind, stamp),
        None => without_file(line, kind, stamp),
    };
    if entry.success {
        record.line.done = record.line.statements;
    } else {
        record.line.statements_sha256 = None;
    }
    record.line.tool = Some(tool);
    record.line.took = entry.took;
    record.line.at = entry.at.unwrap_or(stamp.at);
    record.line.reason = Some(match (agrees, reason) {
        (Some(true), _) => "the checksum agrees".to_owned(),
        (None, _) => "there is no checksum to compare".to_owned(),
        (Some(false), Some(reason)) => reason.to_owned(),
        (Some(false), None) => "the checksum is another one".to_owned(),
    });
    record
}

fn without_file(line: &Line, kind: LedgerKind, stamp: Stamp<'_>) -> Record {
    let row = LedgerLine {
        version: line.version.text.clone(),
        name: line.name.clone(),
        kind,
        at: stamp.at,
        took: None,
        who: stamp.who.to_owned(),
        statements: Count(0),
        done: Count(0),
        bytes_sha256: None,
        statements_sha256: None,
        down_sql: None,
        tool: None,
        reason: None,
        run: stamp.run.to_owned(),
    };
    Record { line: row, files: Vec::new(), settings: None }
}

fn steps(collection: &Collection, history: &History, adoption: &Adoption) -> Vec<String> {
    let name = settings::name(history.tool);
    let (number, becoming) = match adoption.records.len() {
        1 => ("1 entry".to_owned(), "becomes a row"),
        several => (format!("{} entries", Count(several as u64)), "become rows"),
    };
    let mut steps = vec![format!("{number} of {} {becoming} of the ledger, in one transaction.", history.table)];
    let has_files = adoption.records.iter().any(|record| !record.files.is_empty());
    steps.push(match adoption.checked {
        Some(checked) => format!("{} of them have a checksum that agrees with the file.", Count(checked)),
        None if has_files => format!("{} keeps no checksum: the files as they are now count as those that were applied.", history.table),
        None => format!("The migrations of {name} are not SQL files: what they have made is taken as it is."),
    });
    let pending = collection.migrations.iter().find(|migration| {
        let known = |record: &Record| record.line.version == migration.version.text;
        migration.kind == MigrationKind::Versioned && !adoption.records.iter().any(known)
    });
    steps.push(match pending {
        Some(next) => {
            format!("{} is not written: once {} is applied here, {name} will still call it pending.", history.table, next.version)
        }
        None => format!("{} is not written: what is applied here from now on, {name} will call pending.", history.table),
    });
    steps
}

fn no_history(histories: &[History], tool: Option<Tool>) -> Fault {
    let unread: Vec<String> =
        histories.iter().flat_map(|history| history.remarks.iter().map(|remark| format!("{} was {remark}", history.table))).collect();
    let whose = tool.map_or_else(|| "another tool".to_owned(), |tool| settings::name(tool).to_owned());
    let why = if unread.is_empty() { String::new() } else { format!(" ({})", unread.join("; ")) };
    Fault::refused("no-history", format!("The database has no entry of {whose} that could be taken over{why}."))
        .hint("Declare with a baseline which version the database is at.")
}
