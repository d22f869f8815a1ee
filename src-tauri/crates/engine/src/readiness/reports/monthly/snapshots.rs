//! Snapshots of a month: taken, proved, failed; and how much could have been lost.

use std::collections::BTreeSet;

use quarterdeck_model::{
    Bytes, Instant, Job, JobState, Millis, Outcome,
    inspection::Tone,
    snapshot::{Level, Reason, Snapshot},
    system::System,
};
use quarterdeck_report::{Block, Cell, Column, Fact, Figure, Note, Section, Table};
use quarterdeck_store::jobs;
use serde::Serialize;

use super::{JOBS, LISTED, beyond, month::Month};
use crate::{
    chart::Columns,
    jobs::between,
    operation::Scope,
    readiness::reports::{
        pictures,
        words::{many, not_known, short, when},
    },
    repository, truth,
};

/// So long before a month the snapshot that stood at its beginning is looked for.
const BEFORE: chrono::TimeDelta = chrono::TimeDelta::days(62);

/// A snapshot of a month, as it is known now.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Taken {
    pub id: String,
    pub cut_at: Instant,
    pub reason: Reason,
    pub added: Bytes,
    /// The strongest level that was reached until now, or until it was forgotten as far as that is known.
    pub level: Option<Level>,
    /// Still in the repository.
    pub kept: bool,
    /// Damage that was found in it.
    pub damaged: Option<String>,
}

impl Taken {
    fn of(snapshot: Snapshot, kept: bool) -> Self {
        let level = snapshot.level().map(|reached| reached.level);
        let damaged = snapshot.affected.filter(|affected| !affected.components.is_empty()).map(|affected| affected.reason);
        let Snapshot { id, manifest, added, .. } = snapshot;
        Self { id: id.0, cut_at: manifest.cut_at, reason: manifest.reason, added, level, kept, damaged }
    }

    /// Read back and compared with its manifest.
    pub fn is_proved(&self) -> bool {
        self.level >= Some(Level::DataMatches) && self.damaged.is_none()
    }
}

/// A backup that did not end as it should.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Failed {
    pub job: i64,
    pub at: Instant,
    pub state: JobState,
    pub why: String,
}

/// The longest time in which what was committed was in no snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct Exposure {
    pub from: Instant,
    pub until: Instant,
    /// It had not ended when the month, or what is known of it, did.
    pub open: bool,
}

impl Exposure {
    pub fn length(&self) -> Millis {
        between(self.from, self.until)
    }
}

/// What became of snapshots in a month.
#[derive(Serialize)]
pub(super) struct Snapshots {
    /// Taken as backups, the oldest first.
    pub taken: Vec<Taken>,
    /// Ways back of restores and migrations.
    pub safety: u64,
    pub failed: Vec<Failed>,
    pub cancelled: u64,
    pub exposure: Option<Exposure>,
    /// Why the repository could not be asked.
    pub unread: Option<String>,
}

impl Snapshots {
    pub fn gather(scope: &Scope, system: &System, month: &Month) -> Outcome<Self> {
        let engine = &scope.engine;
        let jobs = engine.store().read(|c| jobs::between(c, Some(&system.name), month.from - BEFORE, month.until, JOBS))?;
        let (held, unread) = match repository::snapshots(engine, system) {
            Ok(held) => (held, None),
            Err(fault) => (Vec::new(), Some(fault.message)),
        };
        let mut all: Vec<Taken> = held.into_iter().map(|snapshot| Taken::of(snapshot, true)).collect();
        let known: BTreeSet<String> = all.iter().map(|taken| taken.id.clone()).collect();
        let forgotten = jobs.iter().filter_map(reported).filter(|snapshot| !known.contains(&snapshot.id.0));
        all.extend(forgotten.map(|snapshot| Taken::of(snapshot, false)));
        all.sort_by(|a, b| (a.cut_at, &a.id).cmp(&(b.cut_at, &b.id)));
        all.dedup_by(|a, b| a.id == b.id);
        let backups: Vec<Taken> = all.iter().filter(|taken| taken.reason != Reason::Safety).cloned().collect();
        let sound: Vec<Instant> = backups.iter().filter(|taken| taken.damaged.is_none()).map(|taken| taken.cut_at).collect();
        let ended = jobs.iter().rev().filter(|job| job.operation == "backup_system" && month.holds(job.created_at));
        let (cancelled, failed): (Vec<&Job>, Vec<&Job>) =
            ended.filter(|job| job.state.is_final() && job.state != JobState::Succeeded).partition(|job| job.state == JobState::Cancelled);
        Ok(Self {
            safety: all.iter().filter(|taken| taken.reason == Reason::Safety && month.holds(taken.cut_at)).count() as u64,
            taken: backups.into_iter().filter(|taken| month.holds(taken.cut_at)).collect(),
            failed: failed.into_iter().map(failure).collect(),
            cancelled: cancelled.len() as u64,
            exposure: exposure(&sound, system.added_at, month),
            unread,
        })
    }

    pub fn proved(&self) -> u64 {
        self.taken.iter().filter(|taken| taken.is_proved()).count() as u64
    }

    pub fn in_short(&self) -> String {
        let failed = if self.failed.is_empty() { String::new() } else { format!(", {}", failed_backups(self.failed.len())) };
        match self.taken.len() as u64 {
            0 => format!("no snapshot was taken{failed}"),
            taken => format!("{} taken, {} proved{failed}", many(taken, "snapshot"), self.proved()),
        }
    }

    pub fn section(&self, month: &Month) -> Outcome<Section> {
        let mut blocks = Vec::new();
        let unread =
            self.unread.as_ref().map(|why| format!("The repository could not be read, so only what jobs reported is known: {why}"));
        blocks.extend(unread.map(|text| Block::Note(Note::new(Tone::Unknown, "Not known", text))));
        blocks.push(Block::Facts(self.facts()));
        if !self.taken.is_empty() || !self.failed.is_empty() {
            blocks.push(Block::Figure(self.by_day(month)?));
        }
        let rows = self.failed.iter().take(LISTED).map(|failed| {
            let (tone, word) = if failed.state == JobState::Failed { (Tone::Critical, "Failed") } else { (Tone::Attention, "Interrupted") };
            vec![Cell::new(short(failed.at)), Cell::new(failed.job.to_string()), Cell::state(tone, word), Cell::new(failed.why.clone())]
        });
        blocks.push(Block::Table(Table {
            caption: "Backups that failed (UTC)".to_owned(),
            columns: vec![Column::short("Began"), Column::number("Job"), Column::short("State"), Column::words("Why", 5)],
            rows: rows.collect(),
            none: if self.taken.is_empty() { "No backup was begun." } else { "No backup failed." }.to_owned(),
        }));
        blocks.extend(beyond(self.failed.len(), "failed backups").map(Block::Paragraph));
        Ok(Section::new("Snapshots", blocks))
    }

    fn facts(&self) -> Vec<Fact> {
        let taken = |reason: Reason| self.taken.iter().filter(|taken| taken.reason == reason).count();
        let (by_hand, scheduled, before) = (taken(Reason::Manual), taken(Reason::Scheduled), taken(Reason::BeforeChange));
        let forgotten: Vec<&Taken> = self.taken.iter().filter(|taken| !taken.kept).collect();
        let added: u64 = self.taken.iter().map(|taken| taken.added.0).sum();
        let damaged = self.taken.iter().filter(|taken| taken.damaged.is_some()).count() as u64;
        let mut levels: Vec<(Level, u64)> = Vec::new();
        for level in [Level::Drilled, Level::DataMatches, Level::IntegrityOk, Level::Opens, Level::Read, Level::Present] {
            let reached = self.taken.iter().filter(|taken| taken.level == Some(level)).count() as u64;
            levels.extend((reached > 0).then_some((level, reached)));
        }
        let proof: Vec<String> = levels.into_iter().map(|(level, many)| format!("{many} {}", truth::level(level))).collect();
        let mut facts = vec![
            Fact::new("Taken", format!("{}: {scheduled} by schedule, {by_hand} by hand, {before} before a change", self.taken.len())),
            Fact::new("Proved by now", format!("{} of {}{}", self.proved(), self.taken.len(), in_brackets(&proof))),
            Fact::new("Backups that failed", format!("{}; {} cancelled by somebody", self.failed.len(), self.cancelled)),
            Fact::new("Added to the repository", Bytes(added).to_string()),
            Fact::new("Safety snapshots", self.safety.to_string()),
        ];
        if !forgotten.is_empty() {
            let text = format!("{}; how far each was proved is known up to the end of its backup only", forgotten.len());
            facts.push(Fact::new("Forgotten since", text));
        }
        if damaged > 0 {
            facts.push(Fact::new("Damaged", format!("{}, as the newest check of the repository found", many(damaged, "snapshot"))));
        }
        facts
    }

    #[allow(clippy::cast_precision_loss)] // counts of a day
    fn by_day(&self, month: &Month) -> Outcome<Figure> {
        let mut days = vec![vec![0.0; 3]; month.days as usize];
        for taken in &self.taken {
            if let Some(day) = days.get_mut(month.day(taken.cut_at)) {
                day[usize::from(!taken.is_proved())] += 1.0;
            }
        }
        for failed in &self.failed {
            if let Some(day) = days.get_mut(month.day(failed.at)) {
                day[2] += 1.0;
            }
        }
        let without = days.iter().take(month.elapsed_days()).filter(|day| day[0] + day[1] == 0.0).count() as u64;
        let columns = days.into_iter().enumerate().map(|(day, kinds)| ((day + 1).to_string(), kinds)).collect();
        let kinds = &[("proved", Tone::Ok), ("not proved", Tone::Unknown), ("failed", Tone::Critical)];
        let drawn = Columns { title: "Snapshots by day of the month", kinds, columns, most: None, figures: false };
        let said = format!(
            "{} were taken, {} of them proved, and {}; on {} there was none",
            many(self.taken.len() as u64, "snapshot"),
            self.proved(),
            failed_backups(self.failed.len()),
            many(without, "day"),
        );
        let caption = "Snapshots of each day (UTC) by what is proved of them now, and backups that failed.".to_owned();
        pictures::columns(&drawn, caption, format!("Snapshots by day of {}: {said}.", month.name))
    }

    /// How much could have been lost at most, and when, in words.
    pub fn exposure_words(&self, month: &Month) -> String {
        let Some(exposure) = self.exposure else { return not_known("no snapshot is known, and nothing to take one of") };
        let Exposure { from, until, open } = exposure;
        let end = match (open, month.over) {
            (true, true) => "the end of the month, when it was still open".to_owned(),
            (true, false) => "now".to_owned(),
            (false, _) => short(until),
        };
        format!("{}, from {} to {end}", exposure.length(), when(from))
    }
}

/// What a backup job said that it took.
fn reported(job: &Job) -> Option<Snapshot> {
    if job.operation != "backup_system" {
        return None;
    }
    serde_json::from_value(job.report.as_ref()?.get("snapshot")?.clone()).ok()
}

fn failure(job: &Job) -> Failed {
    let why = job.fault.as_ref().map(|fault| fault.message.clone()).or_else(|| job.recovery.clone());
    let why = why.unwrap_or_else(|| not_known("its process ended before it could say"));
    Failed { job: job.id.0, at: job.created_at, state: job.state, why }
}

/// The longest time between cuts that reaches into the month. Before the first cut that is known, what was committed was in none: that is
/// counted from the beginning of the month, or from the moment the system was added.
pub(super) fn exposure(cuts: &[Instant], added: Instant, month: &Month) -> Option<Exposure> {
    let mut starts: Vec<Instant> = cuts.iter().copied().filter(|cut| *cut < month.until).collect();
    starts.sort_unstable();
    let begin = added.max(month.from);
    if starts.first().is_none_or(|first| *first > begin) && begin < month.until {
        starts.insert(0, begin);
    }
    let ends = starts.iter().skip(1).map(|end| (*end, false)).chain([(month.until, true)]);
    let all = starts.iter().zip(ends).map(|(from, (until, open))| Exposure { from: *from, until, open });
    all.filter(|exposure| exposure.until >= month.from).max_by_key(|exposure| (exposure.length(), std::cmp::Reverse(exposure.from)))
}

fn failed_backups(count: usize) -> String {
    let noun = many(count as u64, "backup");
    format!("{noun} failed")
}

fn in_brackets(parts: &[String]) -> String {
    if parts.is_empty() { String::new() } else { format!(" ({})", parts.join(", ")) }
}
