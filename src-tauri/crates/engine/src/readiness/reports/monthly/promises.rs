//! What was promised, and how it was kept in a month.

use quarterdeck_model::{Millis, Outcome, monitor::PromiseLine, readiness::RowVerdict, system::System};
use quarterdeck_report::{Block, Cell, Column, Section, Table};
use serde::Serialize;

use super::{changes::Changes, drills::Drills, judged, month::Month, snapshots::Snapshots};
use crate::{
    operation::Scope,
    promises,
    readiness::reports::words::{self, capital, many, not_known, when},
};

/// Measured for less than this share, a stretch says nothing of a promise.
const SEEN: f64 = 0.9;

/// A promise and how it was kept.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Kept {
    pub what: String,
    pub promised: String,
    pub measured: String,
    pub verdict: RowVerdict,
    pub from: String,
}

/// What became of promises.
#[derive(Serialize)]
pub(super) struct Promises {
    pub kept: Vec<Kept>,
    /// Why promises of the definition are not among them.
    pub unread: Option<String>,
}

impl Promises {
    pub fn gather(
        scope: &Scope,
        system: &System,
        month: &Month,
        snapshots: &Snapshots,
        drills: &Drills,
        changes: &Changes,
    ) -> Outcome<Self> {
        let mut kept = Vec::new();
        for objective in &system.objectives {
            if objective.rpo.0 > 0 {
                kept.push(point(&objective.scenario, objective.rpo, month, snapshots));
            }
            if objective.rto.0 > 0 {
                kept.push(time(&objective.scenario, objective.rto, drills, changes));
            }
        }
        // Too short for a single minute.
        let minutes = month.until - month.from >= chrono::TimeDelta::minutes(1);
        let (lines, unread) = match promises::over(scope, system, &month.span()) {
            Ok(lines) if minutes => (lines, None),
            Ok(_) => (Vec::new(), None),
            Err(fault) => (Vec::new(), Some(fault.message)),
        };
        kept.extend(lines.iter().map(of_line));
        Ok(Self { kept, unread })
    }

    /// Kept, missed, not known.
    pub fn counts(&self) -> (u64, u64, u64) {
        let count = |verdict| self.kept.iter().filter(|kept| kept.verdict == verdict).count() as u64;
        let unread = u64::from(self.unread.is_some());
        (count(RowVerdict::Holds), count(RowVerdict::Fails), count(RowVerdict::Unknown) + unread)
    }

    pub fn section(&self) -> Section {
        let rows = self.kept.iter().map(|kept| {
            let (tone, word) = words::row(kept.verdict);
            let Kept { what, promised, measured, from, .. } = kept;
            vec![
                Cell::new(what.clone()),
                Cell::new(promised.clone()),
                Cell::new(measured.clone()),
                Cell::state(tone, word),
                Cell::new(from.clone()),
            ]
        });
        let table = Table {
            caption: "Promises, as they are written now, and how they were kept in the month".to_owned(),
            columns: vec![
                Column::words("Promise", 3),
                Column::words("Promised", 2),
                Column::words("Measured", 3),
                Column::short("Verdict"),
                Column::words("Measured by", 4),
            ],
            rows: rows.collect(),
            none: "The definition promises nothing: it has no objectives and no promises.".to_owned(),
        };
        let mut blocks = vec![Block::Table(table)];
        let unread =
            self.unread.as_ref().map(|why| capital(&not_known(&format!("the promises of the definition could not be read. {why}"))));
        blocks.extend(unread.map(Block::Paragraph));
        Section::new("Promises", blocks)
    }
}

/// How much could be lost.
fn point(scenario: &str, promised: Millis, month: &Month, snapshots: &Snapshots) -> Kept {
    let verdict = snapshots.exposure.map_or(RowVerdict::Unknown, |exposure| judged(exposure.length().0, promised.0));
    Kept {
        what: format!("Recovery point, {scenario}"),
        promised: format!("lose at most {promised}"),
        measured: snapshots.exposure_words(month),
        verdict,
        from: "the longest time between the cuts of sound snapshots, the open one included".to_owned(),
    }
}

/// How long it takes until it runs again.
fn time(scenario: &str, promised: Millis, drills: &Drills, changes: &Changes) -> Kept {
    let restores = changes.restore_times();
    let drilled = drills.longest().map(|(drill, took)| (took, format!("drill of {}", when(drill.started_at))));
    let restored = restores.iter().max().map(|(took, at)| (*took, format!("restore of {}", when(*at))));
    let longest = [drilled, restored].into_iter().flatten().max_by_key(|(took, _)| *took);
    let passed = drills.drills.iter().filter(|drill| drill.measured_rto.is_some()).count() as u64;
    Kept {
        what: format!("Recovery time, {scenario}"),
        promised: format!("back within {promised}"),
        verdict: longest.as_ref().map_or(RowVerdict::Unknown, |(took, _)| judged(took.0, promised.0)),
        measured: longest
            .map_or_else(|| not_known("no drill passed whole, and nothing was restored"), |(took, what)| format!("{took}, {what}")),
        from: format!("the longest of {} and {}", many(passed, "drill"), many(restores.len() as u64, "restore")),
    }
}

/// A promise of the definition, whose minutes were looked at.
fn of_line(line: &PromiseLine) -> Kept {
    let percent =
        |share: f64| format!("{:.3}", (share * 100_000.0).floor() / 1_000.0).trim_end_matches('0').trim_end_matches('.').to_owned() + " %";
    let seen = percent((line.seen.0 * 1_000.0).floor() / 1_000.0);
    let (verdict, measured) = match line.kept {
        None => (RowVerdict::Unknown, not_known("it was not measured in this month")),
        Some(kept) if line.seen.0 < SEEN => {
            let why = format!("measured in {seen} of the month only; in that, kept in {}", percent(kept.0));
            (RowVerdict::Unknown, not_known(&why))
        }
        Some(kept) => {
            let verdict = if kept.0 >= line.goal.0 { RowVerdict::Holds } else { RowVerdict::Fails };
            (verdict, format!("kept in {} of the time", percent(kept.0)))
        }
    };
    Kept {
        what: line.name.clone(),
        promised: format!("{} in {} of the time", line.target, percent(line.goal.0)),
        measured,
        verdict,
        from: format!("each minute, {seen} of the month measured"),
    }
}
