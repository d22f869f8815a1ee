//! What happened while something was measured: jobs, alerts, and times when nobody measured. Drawn as ticks above charts.

use quarterdeck_model::{
    Instant, Job, JobState, Outcome,
    monitor::{Happening, HappeningKind},
    system::Name,
};
use quarterdeck_store::jobs;

use crate::{operation::Scope, ops::HappeningList, query::gaps};

/// Only the newest are handed over.
const MOST: u32 = 1_000;

/// Jobs that were under way in a stretch of time, alerts that fired, and its gaps, in the order of time.
pub(crate) fn list(scope: &Scope, from: Instant, until: Instant, system: Option<&Name>) -> Outcome<HappeningList> {
    let as_of = scope.engine.clock().now();
    let found = scope.engine.store().read(|connection| jobs::between(connection, system, from, until, MOST))?;
    let mut happenings: Vec<Happening> = found.into_iter().map(of_job).collect();
    happenings.extend(crate::alerting::happenings(&scope.engine, from, until.min(as_of), system)?);
    let snapshot = scope.engine.series().snapshot()?;
    let gaps = gaps::of(&snapshot, from.timestamp_millis(), until.min(as_of).timestamp_millis(), &scope.ctx)?;
    happenings.extend(gaps.into_iter().map(|gap| Happening {
        at: gap.span.from,
        until: Some(gap.span.until),
        kind: HappeningKind::Gap,
        what: format!("Nothing was measured: {}", gap.reason),
        job: None,
        system: None,
    }));
    happenings.sort_by_key(|happening| happening.at);
    let over = happenings.len().saturating_sub(MOST as usize);
    happenings.drain(..over);
    Ok(HappeningList { happenings, as_of })
}

fn of_job(job: Job) -> Happening {
    let ended = match job.state {
        JobState::Failed => ", failed",
        JobState::Cancelled => ", cancelled",
        JobState::Interrupted => ", interrupted",
        JobState::Queued | JobState::Running | JobState::Cancelling | JobState::Succeeded => "",
    };
    Happening {
        at: job.created_at,
        until: job.finished_at,
        kind: kind(&job.operation),
        what: format!("{}{ended}", job.title),
        job: Some(job.id),
        system: job.target.map(|target| target.system),
    }
}

fn kind(operation: &str) -> HappeningKind {
    match operation {
        "backup_system" => HappeningKind::Backup,
        "apply_migrations" => HappeningKind::Migration,
        "restore_component" | "undo_restore" => HappeningKind::Restore,
        "drill_system" => HappeningKind::Drill,
        "maintain_system" | "merge_deltas" | "prove_snapshot" | "prune_repository" | "forget_snapshots" | "reread_repository"
        | "repair_repository" => HappeningKind::Maintenance,
        _ => HappeningKind::Other,
    }
}
