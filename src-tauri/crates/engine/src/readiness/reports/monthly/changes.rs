//! What was changed in a month: migrations, restores, undos.

use quarterdeck_model::{
    Instant, Job, JobState, Millis, Outcome,
    inspection::Tone,
    migration::{Direction, MigrationReport},
    restore::RestoreReport,
    system::System,
};
use quarterdeck_report::{Block, Cell, Column, Section, Table};
use quarterdeck_store::jobs;
use serde::Serialize;

use super::{JOBS, LISTED, beyond, month::Month};
use crate::{
    operation::Scope,
    readiness::reports::words::{many, not_known, short},
};

/// One change.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Change {
    pub job: i64,
    pub at: Instant,
    pub what: String,
    pub state: JobState,
    pub who: String,
    pub took: Option<Millis>,
    pub result: String,
    /// A restore into the live file, whose time counts beside a promise.
    pub restored: bool,
}

/// What was changed.
#[derive(Serialize)]
pub(super) struct Changes {
    /// The oldest first.
    pub migrations: Vec<Change>,
    pub restores: Vec<Change>,
}

impl Changes {
    pub fn gather(scope: &Scope, system: &System, month: &Month) -> Outcome<Self> {
        let mut jobs = scope.engine.store().read(|c| jobs::between(c, Some(&system.name), month.from, month.until, JOBS))?;
        jobs.retain(|job| month.holds(job.created_at));
        jobs.reverse();
        let of = |operations: &[&str], result: &dyn Fn(&Job) -> Option<(Millis, String)>| {
            jobs.iter().filter(|job| operations.contains(&job.operation.as_str())).map(|job| change(job, result(job))).collect()
        };
        Ok(Self { migrations: of(&["apply_migrations"], &migrated), restores: of(&["restore_component", "undo_restore"], &restored) })
    }

    /// How long each restore took that brought something back, and when it was.
    pub fn restore_times(&self) -> Vec<(Millis, Instant)> {
        self.restores.iter().filter(|change| change.restored).filter_map(|change| Some((change.took?, change.at))).collect()
    }

    pub fn section(&self) -> Section {
        let mut blocks = vec![
            Block::Table(table("Migrations (UTC)", &self.migrations, "No migration was run.")),
            Block::Table(table("Restores and undos (UTC)", &self.restores, "Nothing was restored or undone.")),
        ];
        let all = self.migrations.len().max(self.restores.len());
        blocks.extend(beyond(all, "changes").map(Block::Paragraph));
        Section::new("Changes", blocks)
    }
}

fn change(job: &Job, result: Option<(Millis, String)>) -> Change {
    let (took, said) = result.unzip();
    let fault = job.fault.as_ref().map(|fault| fault.message.clone());
    let result = said.or(fault).or_else(|| job.recovery.clone());
    let none = || if job.state.is_final() { not_known("its report cannot be read") } else { "under way".to_owned() };
    Change {
        job: job.id.0,
        at: job.created_at,
        what: job.title.clone(),
        state: job.state,
        who: job.who.clone(),
        restored: job.operation == "restore_component" && job.state == JobState::Succeeded,
        took,
        result: result.unwrap_or_else(none),
    }
}

fn migrated(job: &Job) -> Option<(Millis, String)> {
    let report: MigrationReport = serde_json::from_value(job.report.clone()?).ok()?;
    let version = |version: &Option<String>| version.clone().unwrap_or_else(|| "none".to_owned());
    let ran = many(report.ran.len() as u64, "migration");
    let word = if report.direction == Direction::Up { "applied" } else { "taken back" };
    let undone = if report.undo.as_ref().is_some_and(|undo| undo.used) { "; undone since" } else { "" };
    Some((report.took, format!("{ran} {word}, from {} to {}{undone}", version(&report.from), version(&report.to))))
}

fn restored(job: &Job) -> Option<(Millis, String)> {
    let report: RestoreReport = serde_json::from_value(job.report.clone()?).ok()?;
    Some((report.took, report.sentence))
}

fn table(caption: &str, changes: &[Change], none: &str) -> Table {
    let rows = changes.iter().take(LISTED).map(|change| {
        let (tone, word) = match change.state {
            JobState::Succeeded => (Some(Tone::Ok), "Done"),
            JobState::Failed => (Some(Tone::Critical), "Failed"),
            JobState::Interrupted => (Some(Tone::Attention), "Interrupted"),
            JobState::Cancelled => (None, "Cancelled"),
            JobState::Queued | JobState::Running | JobState::Cancelling => (Some(Tone::Working), "Runs"),
        };
        vec![
            Cell::new(change.job.to_string()),
            Cell::new(short(change.at)),
            Cell::state(tone, word),
            Cell::new(change.what.clone()),
            Cell::new(change.who.clone()),
            Cell::new(change.took.map(|took| took.to_string()).unwrap_or_default()),
            Cell::new(change.result.clone()),
        ]
    });
    Table {
        caption: caption.to_owned(),
        columns: vec![
            Column::number("Job"),
            Column::short("Began"),
            Column::short("State"),
            Column::words("What", 3),
            Column::words("By", 1),
            Column::number("Took"),
            Column::words("Came to", 4),
        ],
        rows: rows.collect(),
        none: none.to_owned(),
    }
}
