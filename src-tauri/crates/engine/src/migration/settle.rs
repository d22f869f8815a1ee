//! Migrations whose process is gone. SQLite has made each batch before or after, and the ledger in the live file tells which.

use quarterdeck_migrate::{apply::settled, ledger::Ledger};
use quarterdeck_model::{
    Instant, Job, JobId, Outcome,
    migration::{LedgerKind, LedgerLine},
    snapshot::SnapshotId,
    system::{Component, System},
};
use quarterdeck_sqlite::rows;
use quarterdeck_store::{files, snapshots};

use super::phases::COPY_SAFETY;
use crate::{
    intent::Migrate,
    lookup,
    operation::Scope,
    restore::{WayBack, keep_way_back},
};

/// Keeps the way back where anything was committed, and says how far it came.
pub(crate) fn settle(scope: &Scope, job: &Job, migrate: &Migrate) -> Outcome<String> {
    let lines = settled(&migrate.live.0, &Ledger::new(&migrate.ledger)?, &migrate.run)?;
    if lines.is_empty() {
        files::remove(&migrate.safety.0)?;
        return Ok("the live database is as it was before".to_owned());
    }
    if migrate.safety.0.exists() {
        let (system, component) = lookup::component(&scope.engine, &migrate.target)?;
        let way_back = WayBack { safety: &migrate.safety.0, journal_mode: &migrate.journal_mode, cut_at: cut_at(job) };
        keep(scope, &system, &component, &way_back, job.id)?;
    }
    let progress = progress(migrate, &lines);
    if scope.engine.store().read(|connection| snapshots::pinned_by(connection, job.id))?.is_none() {
        return Ok(format!("{progress}; the way back {} was removed by somebody", migrate.safety));
    }
    Ok(format!("{progress}; the way back is kept, and quarterdeck undo {} offers it", job.id))
}

/// Puts the safety image into the repository, pinned, with the rows of its tables: so the plan of an undo can say in which tables it would
/// lose something.
pub(super) fn keep(
    scope: &Scope,
    system: &System,
    component: &Component,
    way_back: &WayBack<'_>,
    job: JobId,
) -> Outcome<(SnapshotId, Instant)> {
    let rows = rows::count_image(way_back.safety, &scope.ctx.past_return());
    let at = scope.engine.clock().now();
    let (snapshot, until) = keep_way_back(scope, system, component, way_back, job)?;
    let noted = rows.and_then(|rows| scope.engine.store().write(|tx| snapshots::count_rows(tx, &snapshot, &component.name, &rows, at)));
    // Where that fails there is a way back all the same; the plan of its undo says that the rows are not known.
    drop(noted);
    Ok((snapshot, until))
}

/// A moment at which the write lock was held and nothing written: the end of the phase that copies the safety image.
fn cut_at(job: &Job) -> Instant {
    let copied = job.phases.iter().find(|run| run.phase.name == COPY_SAFETY);
    copied.and_then(|run| run.finished_at.or(run.started_at)).unwrap_or(job.created_at)
}

/// How far a run came by its rows in the ledger, e.g. `2 of 3 migrations were committed (008)`.
fn progress(migrate: &Migrate, lines: &[LedgerLine]) -> String {
    let newest = |version: &String| lines.iter().rev().find(|line| line.version == *version);
    let ended = |line: &&LedgerLine| matches!(line.kind, LedgerKind::Applied | LedgerKind::Reverted);
    let (done, begun): (Vec<_>, Vec<_>) = migrate.versions.iter().filter_map(newest).partition(ended);
    let last = done.last().map_or_else(String::new, |line| format!(" ({})", line.version));
    let were = if done.len() == 1 { "was" } else { "were" };
    let mut words = format!("{} of {} migrations {were} committed{last}", done.len(), migrate.versions.len());
    for line in begun {
        words.push_str(&format!(", and {} stopped after {} of its {}", line.version, line.done, line.statements.of("statement")));
    }
    words
}
