//! The state of a migration, and of all of them, in words.

use quarterdeck_model::{
    Count,
    inspection::Tone,
    migration::{LedgerKind, MigrationState},
};

use super::{Line, Timeline};
use crate::{collection::Collection, history::checksum, settings};

/// Gives each line its sentence.
pub(super) fn tell(collection: &Collection, lines: &mut [Line]) {
    for line in lines {
        line.sentence = of_line(collection, line);
    }
}

/// How many are in which state, and where the database is.
pub(super) fn of(timeline: &Timeline) -> (String, Tone) {
    const WORDS: [(&[MigrationState], &str); 8] = [
        (&[MigrationState::Applied, MigrationState::Baseline], "applied"),
        (&[MigrationState::Pending], "pending"),
        (&[MigrationState::OutOfOrder], "out of order"),
        (&[MigrationState::Modified], "modified"),
        (&[MigrationState::Missing], "missing"),
        (&[MigrationState::Future], "from a newer release"),
        (&[MigrationState::Failed], "failed"),
        (&[MigrationState::Unknown], "of which nobody knows"),
    ];
    let count = |states: &[MigrationState]| timeline.lines.iter().filter(|line| states.contains(&line.state)).count() as u64;
    let parts: Vec<String> = WORDS
        .into_iter()
        .map(|(states, word)| (count(states), word))
        .filter(|(number, _)| *number > 0)
        .map(|(number, word)| format!("{} {word}", Count(number)))
        .collect();
    let at = timeline.current.as_ref().map_or_else(String::new, |version| format!("; the live database is at {version}"));
    let worst = timeline.lines.iter().map(|line| line.tone).min().unwrap_or(Tone::Ok);
    let waits = count(&[MigrationState::Pending]) > 0;
    let tone = if worst == Tone::Ok && waits { Tone::Attention } else { worst };
    if parts.is_empty() {
        return ("There is no migration.".to_owned(), Tone::Ok);
    }
    (format!("{}{at}.", parts.join(", ")), tone)
}

fn of_line(collection: &Collection, line: &Line) -> String {
    match line.state {
        MigrationState::Applied => applied(collection, line),
        MigrationState::Baseline => "covered by a baseline; nobody ran it here".to_owned(),
        MigrationState::Pending if line.repeatable && line.entry.is_some() => {
            "pending again: it has changed since it was applied".to_owned()
        }
        MigrationState::Pending => "pending".to_owned(),
        MigrationState::OutOfOrder => "not applied, but a later one is".to_owned(),
        MigrationState::Missing => "applied, and its file is gone".to_owned(),
        MigrationState::Modified => modified(line),
        MigrationState::Future => "applied by a newer release; no file here has come this far".to_owned(),
        MigrationState::Failed => failed(line),
        MigrationState::Unknown => "nobody knows: the database has tables, and no history that can be read".to_owned(),
    }
}

fn applied(collection: &Collection, line: &Line) -> String {
    let changed = if line.bytes_changed { "; a comment or a space has changed since, the statements are the same" } else { "" };
    if let Some(row) = &line.entry {
        let reason = row.reason.as_deref().unwrap_or_default();
        return match (row.kind, row.tool) {
            (LedgerKind::Reblessed, _) if line.migration.is_none() => format!("applied; its file is gone for good: {reason}"),
            (LedgerKind::Reblessed, _) => format!("applied; declared to be right: {reason}{changed}"),
            (_, Some(tool)) => format!("applied by {}; {reason}{changed}", settings::name(tool)),
            _ => format!("applied{changed}"),
        };
    }
    let Some((tool, entry)) = &line.found else { return "applied".to_owned() };
    let name = settings::name(*tool);
    if line.tone == Tone::Attention {
        return format!("applied by {name} after its history was taken over");
    }
    let file = line.migration.and_then(|at| collection.migrations.get(at));
    match file.map(|file| checksum::matches(*tool, entry, file)) {
        Some(Some(_)) => format!("applied by {name}; the checksum agrees"),
        Some(None) => format!("applied by {name}; there is no checksum to compare"),
        None => format!("applied by {name}; its file is no SQL"),
    }
}

fn modified(line: &Line) -> String {
    match &line.found {
        Some((tool, _)) => format!("applied by {}, and its checksum is another one now", settings::name(*tool)),
        None => "applied, and its statements are others now".to_owned(),
    }
}

fn failed(line: &Line) -> String {
    match (&line.entry, &line.found) {
        (Some(row), _) => format!("stopped after {} of {}, outside a transaction", row.done, row.statements.of("statement")),
        (None, Some((tool, _))) => format!("{} began it and did not end it", settings::name(*tool)),
        (None, None) => "failed".to_owned(),
    }
}
