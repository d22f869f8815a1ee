//! What has become of one migration.

use quarterdeck_model::{
    inspection::Tone,
    migration::{LedgerKind, MigrationState, Tool},
};

use super::Line;
use crate::{
    collection::{Collection, Migration, MigrationKind, Version, VersionKey},
    history::{
        Entry, History, checksum,
        versions::{self, Key},
    },
};

/// The entries of a history with what they are compared by. Where one entry stands for all before it, each file before it has it, too.
pub(super) fn entries(collection: &Collection, history: &History) -> Vec<(Key, Entry)> {
    let mut entries: Vec<(Key, Entry)> = Vec::new();
    for entry in &history.entries {
        let key = key(collection, history.tool, entry);
        if let (true, Key::Once(latest)) = (history.up_to || entry.baseline, &key) {
            let earlier = collection.migrations.iter().map(|migration| Key::of(collection.layout, migration));
            let earlier = earlier.filter(|key| matches!(key, Key::Once(version) if version < latest));
            entries.extend(earlier.map(|key| (key, Entry { success: true, at: None, checksum: None, ..entry.clone() })));
        }
        entries.push((key, entry.clone()));
    }
    entries
}

fn key(collection: &Collection, tool: Tool, entry: &Entry) -> Key {
    if entry.version.is_empty() {
        return Key::Again(versions::words(entry.name.as_deref().unwrap_or_default()));
    }
    // Some tools know their files by name or by content only.
    let is_it = |migration: &&Migration| match tool {
        Tool::Prisma | Tool::Knex | Tool::Django => {
            migration.title() == entry.version
                || migration.up.iter().any(|script| script.file.name.trim_end_matches(".sql") == entry.version)
        }
        Tool::Drizzle => checksum::matches(tool, entry, migration) == Some(true),
        _ => false,
    };
    match collection.migrations.iter().find(is_it) {
        Some(migration) => Key::of(collection.layout, migration),
        None => Key::Once(versions::version(collection.layout, &entry.version).key),
    }
}

/// The state of a migration that has a file, as far as it alone tells.
pub(super) fn of_file(line: &mut Line, migration: &Migration) {
    let Some(row) = &line.entry else { return of_found(line, migration) };
    let differs = |then: &Option<quarterdeck_model::Digest>, now| then.as_ref().is_some_and(|then| then != now);
    let modified = differs(&row.statements_sha256, &migration.statements_sha256);
    line.bytes_changed = !modified && differs(&row.bytes_sha256, &migration.bytes_sha256);
    line.state = match row.kind {
        LedgerKind::Started | LedgerKind::Failed => MigrationState::Failed,
        _ if modified && migration.kind == MigrationKind::Repeatable => MigrationState::Pending,
        _ if modified => MigrationState::Modified,
        LedgerKind::Baseline => MigrationState::Baseline,
        _ => MigrationState::Applied,
    };
    if line.state == MigrationState::Failed {
        line.bytes_changed = false;
    }
}

fn of_found(line: &mut Line, migration: &Migration) {
    let Some((tool, entry)) = &line.found else { return };
    line.state = match checksum::matches(*tool, entry, migration) {
        _ if !entry.success => MigrationState::Failed,
        Some(false) if migration.kind == MigrationKind::Repeatable => MigrationState::Pending,
        Some(false) if !entry.baseline => MigrationState::Modified,
        _ if entry.baseline => MigrationState::Baseline,
        _ => MigrationState::Applied,
    };
}

/// The state of what has no file.
pub(super) fn of_gone(line: &mut Line, collection: &Collection, last: Option<&Version>) {
    let tool = line.entry.as_ref().map_or_else(|| line.found.as_ref().map(|(tool, _)| *tool), |row| row.tool);
    let kind = line.entry.as_ref().map(|row| row.kind);
    let success = line.found.as_ref().is_none_or(|(_, entry)| entry.success);
    let is_base = matches!(kind, Some(LedgerKind::Baseline)) || line.found.as_ref().is_some_and(|(_, entry)| entry.baseline);
    let for_good = kind == Some(LedgerKind::Reblessed);
    let later = last.is_some_and(|last| line.version > *last);
    line.state = match () {
        () if matches!(kind, Some(LedgerKind::Started | LedgerKind::Failed)) || !success => MigrationState::Failed,
        () if is_base => MigrationState::Baseline,
        () if for_good || line.repeatable || is_program(collection, tool, &line.version) => MigrationState::Applied,
        () if later => MigrationState::Future,
        () => MigrationState::Missing,
    };
}

/// True where the tool's migrations are programs or are not known by a version, or the file of this one is there and is no SQL: then it is not gone.
fn is_program(collection: &Collection, tool: Option<Tool>, version: &Version) -> bool {
    let programs = [Tool::Alembic, Tool::Rails, Tool::Django, Tool::Knex, Tool::Liquibase, Tool::Drizzle];
    let no_sql = |file: &str| {
        let name = file.rsplit('/').next().unwrap_or(file);
        let digits = name.bytes().take_while(u8::is_ascii_digit).count();
        !name.ends_with(".sql") && digits > 0 && versions::version(collection.layout, &name[..digits]) == *version
    };
    tool.is_some_and(|tool| programs.contains(&tool)) || collection.unused.iter().any(|unused| no_sql(&unused.file))
}

/// The latest applied version, among those that can be compared with the files' where there are any.
pub(super) fn latest(collection: &Collection, lines: &[Line]) -> Option<Version> {
    use MigrationState::{Applied, Baseline, Future, Missing, Modified};
    let counts = |line: &&Line| !line.repeatable && matches!(line.state, Applied | Baseline | Modified | Missing | Future);
    let applied = || lines.iter().filter(counts).map(|line| &line.version);
    applied().filter(|version| compares(collection, version)).max().or_else(|| applied().max()).cloned()
}

/// True where a version is of the kind that the files have: numbers, or text.
pub(super) fn compares(collection: &Collection, version: &Version) -> bool {
    let is_text = |version: &Version| matches!(version.key, VersionKey::Text(_));
    let versioned = || collection.migrations.iter().filter(|migration| migration.kind == MigrationKind::Versioned);
    versioned().next().is_none() || versioned().any(|migration| is_text(&migration.version) == is_text(version))
}

/// The state as all lines together tell it, and how that is.
pub(super) fn settle(line: &mut Line, latest: Option<&Version>, covered: Option<&Version>, unknown: bool) {
    let base = line.version.text.starts_with('B') && covered == Some(&line.version);
    if line.state == MigrationState::Pending && !line.repeatable {
        line.state = match () {
            () if unknown => MigrationState::Unknown,
            () if !base && covered.is_some_and(|covered| line.version <= *covered) => MigrationState::Baseline,
            () if latest.is_some_and(|latest| is_before(&line.version, latest)) => MigrationState::OutOfOrder,
            () => MigrationState::Pending,
        };
    } else if line.state == MigrationState::Pending && unknown {
        line.state = MigrationState::Unknown;
    }
    line.tone = match line.state {
        MigrationState::Applied => line.tone_of_applied(),
        MigrationState::Baseline | MigrationState::Pending => Tone::Ok,
        MigrationState::OutOfOrder | MigrationState::Future => Tone::Attention,
        MigrationState::Missing | MigrationState::Modified | MigrationState::Failed => Tone::Critical,
        MigrationState::Unknown => Tone::Unknown,
    };
}

/// Numbers and texts do not come before each other.
fn is_before(version: &Version, other: &Version) -> bool {
    std::mem::discriminant(&version.key) == std::mem::discriminant(&other.key) && version < other
}

impl Line {
    fn tone_of_applied(&self) -> Tone {
        if self.tone == Tone::Attention { Tone::Attention } else { Tone::Ok }
    }
}
