//! The timeline of a database, and the text of one migration.

use std::{ptr, sync::Arc};

use quarterdeck_migrate::{
    collection::{Migration, Script},
    source::SourceFile,
    timeline::Line,
};
use quarterdeck_model::{
    Bytes, Count, Fault, Instant, Outcome,
    inspection::Tone,
    migration::{LintMark, MigrationFile, MigrationLine, MigrationList, MigrationText},
};

use super::{lint, look::Look, place::Place, rehearsals};
use crate::{jobs, operation::Scope, ops::MigrationSource};

/// Of a text that is shown, so much; a longer one is cut.
const LONGEST_TEXT: usize = 1 << 20;

/// The timeline as it is now.
pub(crate) fn list(scope: &Scope, source: &MigrationSource) -> Outcome<MigrationList> {
    let look = Look::at(scope, Place::find(scope, source)?)?;
    let rehearsal = rehearsals::standing(scope, &look, &look.next())?;
    let marks = lint::marks(&look, rehearsal.as_ref(), false);
    let (sentence, tone) = sentence(&look);
    let now = scope.engine.clock().now();
    Ok(MigrationList {
        target: look.place.registered.as_ref().map(|registered| registered.target.clone()),
        database: look.place.database.clone().into(),
        folder: look.collection.folder.clone().into(),
        layout: look.collection.layout,
        layout_reason: look.collection.layout_reason.clone(),
        ledger: look.place.ledger.name().to_owned(),
        has_ledger: look.has_ledger,
        histories: look.found(),
        settings: look.settings.clone(),
        sentence,
        tone,
        current: look.timeline.current.as_ref().map(|version| version.text.clone()),
        lines: lines(&look, &marks),
        unused: look.collection.unused.clone(),
        problems: look.collection.problems.clone(),
        rehearsal,
        busy: busy(scope, &look.place, now)?,
        as_of: now,
    })
}

/// The files of one migration, and what the ledger says of it.
pub(crate) fn text(scope: &Scope, source: &MigrationSource, version: &str) -> Outcome<MigrationText> {
    let look = Look::at(scope, Place::find(scope, source)?)?;
    let line = look.timeline.find(version).ok_or_else(|| {
        Fault::refused("version-missing", format!("There is no migration {version}."))
            .hint("Name a version as the list of migrations shows it.")
            .fact("version", version)
    })?;
    let migration = line.migration.and_then(|at| look.collection.migrations.get(at));
    let is_its = |text: &str| look.timeline.find(text).is_some_and(|other| ptr::eq(other, line));
    Ok(MigrationText {
        version: line.version.text.clone(),
        files: migration.map(files).unwrap_or_default(),
        entries: look.lines.iter().filter(|entry| is_its(&entry.version)).cloned().collect(),
    })
}

fn sentence(look: &Look) -> (String, Tone) {
    let (sentence, tone) = look.timeline.sentence();
    match Count(look.collection.problems.len() as u64) {
        Count(0) => (sentence, tone),
        Count(1) => (format!("{sentence} One problem in the folder stands in the way."), Tone::Critical),
        number => (format!("{sentence} {} in the folder stand in the way.", number.of("problem")), Tone::Critical),
    }
}

fn lines(look: &Look, marks: &[LintMark]) -> Vec<MigrationLine> {
    let line = |line: &Line| {
        let of_it = |mark: &&LintMark| mark.version == line.version.text;
        MigrationLine { marks: marks.iter().filter(of_it).cloned().collect(), ..line.wire(&look.collection) }
    };
    look.timeline.lines.iter().map(line).collect()
}

fn busy(scope: &Scope, place: &Place, now: Instant) -> Outcome<Option<String>> {
    let Some(registered) = &place.registered else { return Ok(None) };
    let holder = jobs::lease_holder(&scope.engine, &registered.component.id)?;
    Ok(holder
        .map(|holder| format!("{}, by {} (process {}), for {}", holder.what, holder.who, holder.pid, jobs::between(holder.since, now))))
}

/// Each file once, up before down: one file may hold both ways.
fn files(migration: &Migration) -> Vec<MigrationFile> {
    let mut files: Vec<&Arc<SourceFile>> = Vec::new();
    for Script { file, .. } in migration.up.iter().chain(&migration.down) {
        if !files.iter().any(|known| known.name == file.name) {
            files.push(file);
        }
    }
    files.into_iter().map(|file| wire(file)).collect()
}

fn wire(file: &SourceFile) -> MigrationFile {
    let end = file.text.floor_char_boundary(LONGEST_TEXT);
    let size = std::fs::metadata(&file.path).map_or(file.text.len() as u64, |metadata| metadata.len());
    MigrationFile { file: file.name.clone(), text: file.text[..end].to_owned(), size: Bytes(size), cut: end < file.text.len() }
}
