//! The way back by the down scripts.

use std::{path::PathBuf, sync::Arc};

use quarterdeck_model::{
    Digest, Fault, Outcome,
    migration::{Direction, LedgerKind, MigrationState},
};

use super::{Item, known};
use crate::{
    collection::{Collection, Migration, Script, Transaction},
    source::SourceFile,
    timeline::{Line, Timeline},
};

/// Newest first: as many as are asked for, or all that are later than the version that stays.
pub(super) fn items(collection: &Collection, timeline: &Timeline, steps: Option<u32>, to: Option<&str>) -> Outcome<Vec<Item>> {
    let stays = to.map(|version| known(timeline, version).map(|line| line.version.clone())).transpose()?;
    let number = match (steps, to) {
        (Some(steps), _) => usize::try_from(steps).unwrap_or(usize::MAX),
        (None, Some(_)) => usize::MAX,
        (None, None) => 1,
    };
    let applied = timeline.lines.iter().rev().filter(|line| !line.repeatable && is_there(line));
    let wanted = applied.filter(|line| stays.as_ref().is_none_or(|stays| line.version > *stays)).take(number);
    wanted.map(|line| item(collection, line)).collect()
}

fn is_there(line: &Line) -> bool {
    use MigrationState::{Applied, Baseline, Failed, Future, Missing, Modified};
    matches!(line.state, Applied | Baseline | Modified | Missing | Future | Failed)
}

/// The file's way down where the file is the one that was applied, else the one that the ledger has kept.
fn item(collection: &Collection, line: &Line) -> Outcome<Item> {
    let migration = line.migration.and_then(|at| collection.migrations.get(at));
    let as_applied = matches!(line.state, MigrationState::Applied | MigrationState::Failed);
    let kept = line.entry.as_ref().and_then(|row| row.down_sql.as_deref()).filter(|sql| !sql.trim().is_empty());
    let from_file = migration.filter(|migration| as_applied && !migration.down.is_empty());
    let (from_ledger, transaction) = match (from_file, kept) {
        _ if line.state == MigrationState::Baseline => return Err(no_way(line, "it was never run here")),
        (Some(migration), _) => (Vec::new(), how(migration)),
        (None, Some(sql)) => {
            let scripts = vec![kept_script(line, sql)];
            let transaction = crate::wrapper::transaction(&scripts, None);
            (scripts, transaction)
        }
        (None, None) if migration.is_some() => return Err(no_way(line, "no way down was written")),
        (None, None) if line.state == MigrationState::Applied => return Err(no_way(line, "its file is no SQL, or gone for good")),
        (None, None) => return Err(no_way(line, "its file is gone")),
    };
    Ok(Item {
        migration: line.migration,
        version: line.version.text.clone(),
        name: line.name.clone(),
        direction: Direction::Down,
        transaction,
        done: 0,
        from_ledger,
    })
}

impl Item {
    /// The way down that the files of a migration have, as it would run inside a transaction where that can hold it; whatever its file says of
    /// transactions. `None` where it has none.
    pub(crate) fn down(at: usize, migration: &Migration) -> Option<Self> {
        (!migration.down.is_empty()).then(|| Self {
            migration: Some(at),
            version: migration.version.text.clone(),
            name: migration.name.clone(),
            direction: Direction::Down,
            transaction: crate::wrapper::transaction(&migration.down, None),
            done: 0,
            from_ledger: Vec::new(),
        })
    }
}

/// How a way down runs. What a file says of its transactions (`-- +goose NO TRANSACTION`) holds for both ways.
fn how(migration: &Migration) -> Transaction {
    let says = match &migration.transaction {
        Transaction::Alone { reason } if reason.starts_with("--") => Some(reason.as_str()),
        _ => None,
    };
    crate::wrapper::transaction(&migration.down, says)
}

fn kept_script(line: &Line, sql: &str) -> Script {
    let name = format!("{} (way down, as the ledger has it)", line.version);
    let file = SourceFile::new(PathBuf::from(&name), name.clone(), sql.to_owned(), Digest::of(sql.as_bytes()));
    let range = 0..sql.len();
    let statements = crate::split::split(&file, range.clone()).statements;
    Script { file: Arc::clone(&file), range, statements }
}

fn no_way(line: &Line, why: &str) -> Fault {
    let reblessed = line.entry.as_ref().is_some_and(|row| row.kind == LedgerKind::Reblessed);
    let why = if reblessed { "its file was reblessed, and the way down that belonged to it is not kept" } else { why };
    Fault::refused("no-way-down", format!("{} has no way down: {why}.", line.version))
        .hint("Go back by undoing the job that applied it, or write a migration that takes its work back.")
        .fact("version", line.version.text.as_str())
}
