//! What the ledger remembers of a migration that ran.

use quarterdeck_model::{
    Count, Millis,
    migration::{ConnectionSettings, Direction, LedgerKind, LedgerLine},
};

use crate::{
    collection::{Collection, Migration, MigrationKind, Script},
    history::versions,
    ledger::{DOWN_TOO_LONG, LONGEST_DOWN, Record, Stamp},
    steps::Item,
    timeline,
};

/// The rows of an item that ran to its end: its own, and for a baseline one for each version that it stands for.
pub fn of_item(item: &Item, collection: &Collection, settings: &ConnectionSettings, took: Option<Millis>, stamp: Stamp<'_>) -> Vec<Record> {
    let mut records = Vec::new();
    if let Some(base) = item.migration(collection).filter(|migration| migration.kind == MigrationKind::Baseline) {
        let covered = |migration: &&Migration| migration.kind == MigrationKind::Versioned && migration.version <= base.version;
        records.extend(collection.migrations.iter().filter(covered).map(|migration| of(migration, LedgerKind::Baseline, stamp)));
    }
    let kind = if item.direction == Direction::Down { LedgerKind::Reverted } else { LedgerKind::Applied };
    let mut record = match item.migration(collection) {
        Some(migration) => of(migration, kind, stamp),
        None => gone(item, kind, stamp),
    };
    let statements = item.scripts(collection).iter().map(|script| script.statements.len() as u64).sum();
    record.line.took = took;
    record.line.statements = Count(statements);
    record.line.done = Count(statements);
    record.settings = Some(settings.clone());
    records.push(record);
    records
}

/// A row about a file as it is now; for a thing that did not run.
pub fn of(migration: &Migration, kind: LedgerKind, stamp: Stamp<'_>) -> Record {
    let down = down_sql(&migration.down);
    let too_long = down.len() > LONGEST_DOWN;
    let line = LedgerLine {
        version: versions::text(migration),
        name: migration.name.clone(),
        kind,
        at: stamp.at,
        took: None,
        who: stamp.who.to_owned(),
        statements: Count(migration.statements() as u64),
        done: Count(0),
        bytes_sha256: Some(migration.bytes_sha256.clone()),
        statements_sha256: Some(migration.statements_sha256.clone()),
        down_sql: (!down.is_empty() && !too_long).then_some(down),
        tool: None,
        reason: too_long.then(|| DOWN_TOO_LONG.to_owned()),
        run: stamp.run.to_owned(),
    };
    Record { line, files: timeline::files(migration), settings: None }
}

fn gone(item: &Item, kind: LedgerKind, stamp: Stamp<'_>) -> Record {
    let line = LedgerLine {
        version: item.version.clone(),
        name: item.name.clone(),
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
        reason: Some("its file was gone; the way down came from the ledger".to_owned()),
        run: stamp.run.to_owned(),
    };
    Record { line, files: Vec::new(), settings: None }
}

/// The way down as it stands in its files.
fn down_sql(down: &[Script]) -> String {
    let parts: Vec<&str> = down.iter().map(|script| script.file.slice(&script.range).trim()).filter(|text| !text.is_empty()).collect();
    parts.join("\n")
}
