//! Smoke tests of a month.

use quarterdeck_model::{Instant, Outcome, system::System};
use quarterdeck_report::{Block, Cell, Column, Fact, Section, Table};
use quarterdeck_store::smoke::{self, FailedCase};
use serde::Serialize;

use super::{LISTED, beyond, month::Month};
use crate::{
    operation::Scope,
    readiness::reports::words::{many, short, when},
};

/// What became of smoke tests.
#[derive(Serialize)]
pub(super) struct Smoke {
    pub runs: u64,
    /// Runs in which nothing failed.
    pub clean: u64,
    pub passed: u64,
    pub failed: u64,
    pub skipped: u64,
    /// Suites that were not run because their files could not be read.
    pub unreadable: u64,
    pub cases: Vec<FailedCase>,
    /// Earlier runs of the month are not kept.
    pub since: Option<Instant>,
}

impl Smoke {
    pub fn gather(scope: &Scope, system: &System, month: &Month) -> Outcome<Self> {
        let (runs, cases, all) = scope.engine.store().read(|c| {
            let runs = smoke::runs_between(c, &system.name, month.from, month.until)?;
            let all = smoke::runs(c, Some(&system.name), smoke::RUNS)?;
            Ok((runs, smoke::failed_cases(c, &system.name, month.from, month.until)?, all))
        })?;
        let is_cut = all.len() == smoke::RUNS as usize;
        let sum = |of: &dyn Fn(&quarterdeck_model::readiness::SmokeRun) -> u64| runs.iter().map(of).sum::<u64>();
        Ok(Self {
            runs: runs.len() as u64,
            clean: runs.iter().filter(|run| run.failed.0 + run.unreadable.0 == 0).count() as u64,
            passed: sum(&|run| run.passed.0),
            failed: sum(&|run| run.failed.0),
            skipped: sum(&|run| run.skipped.0),
            unreadable: sum(&|run| run.unreadable.0),
            since: all.last().map(|run| run.began).filter(|began| is_cut && *began > month.from),
            cases,
        })
    }

    pub fn section(&self) -> Section {
        let mut blocks = Vec::new();
        if self.runs > 0 {
            let mut facts = vec![
                Fact::new("Runs", format!("{}, {} of them without a failure", self.runs, self.clean)),
                Fact::new("Cases asked", format!("{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)),
            ];
            let unreadable = many(self.unreadable, "suite");
            let unread = (self.unreadable > 0).then(|| Fact::new("Not run", format!("{unreadable}, because files could not be read")));
            facts.extend(unread);
            blocks.push(Block::Facts(facts));
        }
        if let Some(since) = self.since {
            let text = format!("Of a system the newest {} runs are kept: of this month those since {}.", smoke::RUNS, when(since));
            blocks.push(Block::Paragraph(text));
        }
        let rows = self.cases.iter().take(LISTED).map(|case| {
            let name = format!("{}/{}", case.suite, case.case);
            vec![Cell::new(name), Cell::new(case.failed.to_string()), Cell::new(case.asked.to_string()), Cell::new(short(case.last))]
        });
        blocks.push(Block::Table(Table {
            caption: "Cases that failed (UTC)".to_owned(),
            columns: vec![Column::words("Case", 4), Column::number("Failed"), Column::number("Asked"), Column::short("Last")],
            rows: rows.collect(),
            none: if self.runs == 0 { "No smoke test was run." } else { "No case failed." }.to_owned(),
        }));
        blocks.extend(beyond(self.cases.len(), "cases").map(Block::Paragraph));
        Section::new("Smoke tests", blocks)
    }
}
