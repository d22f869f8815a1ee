//! Drills of a month: measured recovery times beside what was promised then.

use quarterdeck_model::{
    Millis, Outcome,
    drill::{DrillOutcome, DrillReport, PartOutcome},
    inspection::Tone,
    system::System,
};
use quarterdeck_report::{Block, Cell, Column, Fact, Figure, Section, Table};
use quarterdeck_store::drills;
use serde::Serialize;

use super::{LISTED, beyond, month::Month};
use crate::{
    operation::Scope,
    ops::DrillList,
    readiness::reports::{
        pictures,
        words::{many, not_known, short, when},
    },
};

/// More drills of a system are not looked at.
const MOST: u32 = 100_000;

/// Drills that began in a month.
#[derive(Serialize)]
pub(super) struct Drills {
    /// The newest first.
    pub drills: Vec<DrillReport>,
}

impl Drills {
    pub fn gather(scope: &Scope, system: &System, month: &Month) -> Outcome<Self> {
        let mut drills = scope.engine.store().read(|c| drills::list(c, &system.name, MOST))?;
        drills.retain(|drill| month.holds(drill.started_at));
        Ok(Self { drills })
    }

    fn ended(&self, outcome: DrillOutcome) -> u64 {
        self.drills.iter().filter(|drill| drill.outcome == outcome).count() as u64
    }

    /// The one that took longest, of those that passed whole.
    pub fn longest(&self) -> Option<(&DrillReport, Millis)> {
        self.drills.iter().filter_map(|drill| Some((drill, drill.measured_rto?))).max_by_key(|(_, took)| *took)
    }

    pub fn in_short(&self) -> String {
        let (passed, failed) = (self.ended(DrillOutcome::Passed), self.ended(DrillOutcome::Failed));
        match (self.drills.len() as u64, failed) {
            (0, _) => "no drill".to_owned(),
            (all, 0) => format!("{passed} of {} passed", many(all, "drill")),
            (all, failed) => format!("{passed} of {} passed, {failed} failed", many(all, "drill")),
        }
    }

    pub fn section(&self, month: &Month, system: &System) -> Outcome<Section> {
        let mut blocks = vec![Block::Facts(self.facts())];
        if !self.drills.is_empty() {
            blocks.push(Block::Figure(self.figure(month, system)?));
        }
        let rows = self.drills.iter().take(LISTED).map(row);
        blocks.push(Block::Table(Table {
            caption: "Drills, the newest first (UTC)".to_owned(),
            columns: vec![
                Column::short("Began"),
                Column::short("Outcome"),
                Column::number("Recovery"),
                Column::number("Promised"),
                Column::number("Snapshot's age"),
                Column::words("What was found", 4),
            ],
            rows: rows.collect(),
            none: "Nobody drilled: nothing was restored to scratch in this month.".to_owned(),
        }));
        blocks.extend(beyond(self.drills.len(), "drills").map(Block::Paragraph));
        Ok(Section::new("Drills", blocks))
    }

    fn facts(&self) -> Vec<Fact> {
        let times: Vec<u64> = self.drills.iter().filter_map(|drill| Some(drill.measured_rto?.0)).collect();
        let unfinished = self.ended(DrillOutcome::Unfinished) + self.ended(DrillOutcome::Running);
        let counts = format!(
            "{}: {} passed, {} in part, {} failed, {unfinished} without a result",
            self.drills.len(),
            self.ended(DrillOutcome::Passed),
            self.ended(DrillOutcome::Partial),
            self.ended(DrillOutcome::Failed),
        );
        let longest = self.longest().map(|(drill, took)| format!("{took}, on {}", when(drill.started_at)));
        let mean = Millis(times.iter().sum::<u64>() / times.len().max(1) as u64);
        let none = || not_known("no drill passed whole");
        vec![
            Fact::new("Drills", counts),
            Fact::new("Longest recovery", longest.unwrap_or_else(none)),
            Fact::new("Mean recovery", if times.is_empty() { none() } else { mean.to_string() }),
        ]
    }

    fn figure(&self, month: &Month, system: &System) -> Outcome<Figure> {
        let list = DrillList {
            system: system.name.clone(),
            drills: self.drills.clone(),
            rto: system.rto(),
            rpo: system.rpo(),
            as_of: month.until,
        };
        let longest = self.longest().map_or_else(|| "none passed whole".to_owned(), |(_, took)| format!("the longest took {took}"));
        let caption = "Measured recovery time of each drill that passed whole, beside what was promised when it began.".to_owned();
        let alt = format!("{} in {}: {}; {longest}.", many(self.drills.len() as u64, "drill"), month.name, self.in_short());
        pictures::drills(&list, Some(&month.span()), caption, alt)
    }
}

fn row(drill: &DrillReport) -> Vec<Cell> {
    let (tone, word) = match drill.outcome {
        DrillOutcome::Passed => (Tone::Ok, "Passed"),
        DrillOutcome::Partial => (Tone::Attention, "In part"),
        DrillOutcome::Failed => (Tone::Critical, "Failed"),
        DrillOutcome::Running | DrillOutcome::Unfinished => (Tone::Unknown, "No result"),
    };
    let time = |time: Option<Millis>, none: &str| Cell::new(time.map_or_else(|| none.to_owned(), |time| time.to_string()));
    let failed = drill.components.iter().filter(|part| part.outcome == PartOutcome::Failed);
    let why: Vec<String> =
        failed.map(|part| format!("{}: {}", part.name, part.why.clone().unwrap_or_else(|| "failed".to_owned()))).collect();
    let why = if why.is_empty() { drill.sentence.clone() } else { why.join("\n") };
    vec![
        Cell::new(short(drill.started_at)),
        Cell::state(tone, word),
        time(drill.measured_rto, "not measured"),
        time(drill.rto, "nothing"),
        Cell::new(drill.age.to_string()),
        Cell::new(why),
    ]
}
