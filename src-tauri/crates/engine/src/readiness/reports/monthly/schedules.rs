//! What was due in a month, and what became of it.

use std::collections::BTreeMap;

use quarterdeck_model::{
    Instant, Outcome,
    inspection::Tone,
    schedule::{RunOutcome, Schedule},
    system::{Name, System},
};
use quarterdeck_report::{Block, Cell, Column, Section, Table};
use quarterdeck_store::schedules::{self, StoredRun};
use serde::Serialize;

use super::{LISTED, beyond, month::Month};
use crate::{
    operation::Scope,
    readiness::reports::words::{many, not_known, short},
};

/// What became of one schedule.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub(super) struct Course {
    pub runs: String,
    pub succeeded: u64,
    pub failed: u64,
    pub cancelled: u64,
    pub skipped: u64,
    /// Under way, or tried again.
    pub open: u64,
    /// Moments that passed while nothing ran the schedules.
    pub missed: u64,
}

impl Course {
    fn due(&self) -> u64 {
        self.succeeded + self.failed + self.cancelled + self.skipped + self.open + self.missed
    }
}

/// A moment that was due and came to nothing.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Lost {
    schedule: String,
    due: Instant,
    outcome: RunOutcome,
    why: String,
}

/// What became of schedules.
#[derive(Serialize)]
pub(super) struct Schedules {
    pub courses: BTreeMap<String, Course>,
    lost: Vec<Lost>,
}

impl Schedules {
    pub fn gather(scope: &Scope, system: &System, month: &Month) -> Outcome<Self> {
        let (runs, seen, before) = scope.engine.store().read(|c| {
            let seen = schedules::seen(c, &system.name)?;
            let mut before = BTreeMap::new();
            for schedule in &seen {
                let last = schedules::last_due(c, &system.name, &schedule.name, month.from)?;
                before.insert(schedule.name.clone(), last.max(schedules::seen_since(c, &system.name, schedule)?));
            }
            Ok((schedules::between(c, &system.name, month.from, month.until)?, seen, before))
        })?;
        let mut courses: BTreeMap<String, Course> = BTreeMap::new();
        let mut last: BTreeMap<Name, Instant> = BTreeMap::new();
        for run in &runs {
            let course = courses.entry(run.schedule.to_string()).or_default();
            course.runs = run.runs.word().to_owned();
            match run.run.outcome {
                RunOutcome::Succeeded => course.succeeded += 1,
                RunOutcome::Failed | RunOutcome::Interrupted => course.failed += 1,
                RunOutcome::Cancelled => course.cancelled += 1,
                RunOutcome::Skipped => course.skipped += 1,
                RunOutcome::Waiting | RunOutcome::Running => course.open += 1,
            }
            let known = seen.iter().find(|schedule| schedule.name == run.schedule);
            course.missed += missed(run, known, last.contains_key(&run.schedule), month);
            last.insert(run.schedule.clone(), run.run.due_at);
        }
        // Moments that nothing has stood for yet: nobody ran schedules since.
        for schedule in seen.iter().filter(|schedule| schedule.enabled) {
            let since = last.get(&schedule.name).copied().or_else(|| before.get(&schedule.name).copied().flatten());
            let (Some(since), Ok(rhythm)) = (since, schedule.rhythm()) else { continue };
            let course = courses.entry(schedule.name.to_string()).or_default();
            course.runs = schedule.runs.word().to_owned();
            let begin = since.max(month.from - chrono::TimeDelta::milliseconds(1));
            let passed = rhythm.passed(begin, month.until - chrono::TimeDelta::milliseconds(1));
            course.missed += passed.map_or(0, |(_, count)| u64::from(count));
        }
        let lost = runs.iter().filter_map(lost).collect();
        Ok(Self { courses, lost })
    }

    pub fn section(&self) -> Section {
        let number = |count: u64| Cell::new(count.to_string());
        let rows = self.courses.iter().map(|(name, course)| {
            vec![
                Cell::new(name.clone()),
                Cell::new(course.runs.clone()),
                number(course.due()),
                number(course.succeeded),
                number(course.failed),
                number(course.cancelled + course.skipped),
                number(course.missed),
                number(course.open),
            ]
        });
        let table = Table {
            caption: "Moments that were due, by schedule; missed ones passed while nothing ran the schedules".to_owned(),
            columns: vec![
                Column::words("Schedule", 3),
                Column::short("Runs"),
                Column::number("Due"),
                Column::number("Done"),
                Column::number("Failed"),
                Column::number("Skipped"),
                Column::number("Missed"),
                Column::number("Open"),
            ],
            rows: rows.collect(),
            none: "Nothing was due: no schedule is known of this month.".to_owned(),
        };
        let rows = self.lost.iter().take(LISTED).map(|lost| {
            let (tone, word) = match lost.outcome {
                RunOutcome::Failed => (Tone::Critical, "Failed"),
                RunOutcome::Interrupted => (Tone::Attention, "Interrupted"),
                RunOutcome::Cancelled => (Tone::Attention, "Cancelled"),
                _ => (Tone::Attention, "Skipped"),
            };
            vec![Cell::new(lost.schedule.clone()), Cell::new(short(lost.due)), Cell::state(tone, word), Cell::new(lost.why.clone())]
        });
        let came_to_nothing = Table {
            caption: "Runs that came to nothing (UTC)".to_owned(),
            columns: vec![Column::words("Schedule", 2), Column::short("Due"), Column::short("State"), Column::words("Why", 5)],
            rows: rows.collect(),
            none: "Every run that began was done.".to_owned(),
        };
        let mut blocks = vec![Block::Table(table)];
        if !self.courses.is_empty() {
            blocks.push(Block::Table(came_to_nothing));
        }
        blocks.extend(beyond(self.lost.len(), &many(self.lost.len() as u64, "run")).map(Block::Paragraph));
        Section::new("Schedules", blocks)
    }
}

/// Moments of the month that this run stands for besides its own. What lies before the month is not counted, where the rhythm is still known.
fn missed(run: &StoredRun, known: Option<&Schedule>, is_later: bool, month: &Month) -> u64 {
    let missed = u64::from(run.run.missed);
    if is_later || missed == 0 {
        return missed;
    }
    let Some(rhythm) = known.and_then(|schedule| schedule.rhythm().ok()) else { return missed };
    let (begin, end) = (month.from - chrono::TimeDelta::milliseconds(1), run.run.due_at - chrono::TimeDelta::milliseconds(1));
    missed.min(rhythm.passed(begin, end).map_or(0, |(_, count)| u64::from(count)))
}

fn lost(run: &StoredRun) -> Option<Lost> {
    use RunOutcome::{Cancelled, Failed, Interrupted, Skipped};
    let outcome = run.run.outcome;
    matches!(outcome, Cancelled | Failed | Interrupted | Skipped).then(|| Lost {
        schedule: run.schedule.to_string(),
        due: run.run.due_at,
        outcome,
        why: run.run.reason.clone().unwrap_or_else(|| not_known("nobody said why")),
    })
}
