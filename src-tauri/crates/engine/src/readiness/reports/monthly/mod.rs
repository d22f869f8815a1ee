//! The report over a month of operations: what was kept safe, proved, promised, told, changed and decided.
//!
//! Only what happened in the month counts, by UTC. What nobody knows is said, with the reason; times when nobody measured are named.

mod alerts;
mod capacity;
mod changes;
mod drills;
mod measuring;
mod month;
mod promises;
mod said;
mod schedules;
mod smoke;
mod snapshots;
#[cfg(test)]
mod tests;

use quarterdeck_model::{Digest, Outcome, inspection::Tone, readiness::RowVerdict, system::System};
use quarterdeck_report::{Document, Fact, Note};
use serde::Serialize;

use self::{
    alerts::Alerts, capacity::Capacity, changes::Changes, drills::Drills, measuring::Measuring, month::Month, promises::Promises,
    said::Said, schedules::Schedules, smoke::Smoke, snapshots::Snapshots,
};
use super::words::{many, when};
use crate::operation::Scope;

/// Lists in a report end here, and say how much there is beyond.
const LISTED: usize = 40;

/// More jobs of one month are not looked at.
const JOBS: u32 = 100_000;

/// Everything that is known of a month.
#[derive(Serialize)]
struct Operations {
    month: Month,
    measuring: Measuring,
    promises: Promises,
    snapshots: Snapshots,
    drills: Drills,
    alerts: Alerts,
    schedules: Schedules,
    capacity: Capacity,
    smoke: Smoke,
    changes: Changes,
    said: Said,
}

/// The document over the month of that name, else over the present one, and what it is about.
pub(super) fn document(scope: &Scope, system: &System, subject: Option<&str>) -> Outcome<(Document, String)> {
    let now = scope.engine.clock().now();
    let operations = gather(scope, system, Month::of(subject, now)?)?;
    let month = &operations.month;
    let mut document = Document::new(format!("Operations of {} in {}", system.name, month.name), now);
    document.subtitle = format!("{} ({})", system.name, system.environment);
    document.verdict = Some(operations.verdict());
    document.facts = operations.facts(system);
    document.sections = vec![
        operations.promises.section(),
        operations.snapshots.section(month)?,
        operations.drills.section(month, system)?,
        operations.alerts.section(month),
        operations.schedules.section(),
        operations.capacity.section(month)?,
        operations.smoke.section(),
        operations.changes.section(),
        operations.said.section(),
        operations.measuring.section(),
    ];
    document.closing.evidence = Some(Digest::over(&operations));
    let key = month.key.clone();
    Ok((document, key))
}

fn gather(scope: &Scope, system: &System, month: Month) -> Outcome<Operations> {
    let snapshots = Snapshots::gather(scope, system, &month)?;
    scope.ctx.checkpoint()?;
    let drills = Drills::gather(scope, system, &month)?;
    let changes = Changes::gather(scope, system, &month)?;
    Ok(Operations {
        measuring: Measuring::gather(scope, &month)?,
        promises: Promises::gather(scope, system, &month, &snapshots, &drills, &changes)?,
        alerts: Alerts::gather(scope, system, &month)?,
        schedules: Schedules::gather(scope, system, &month)?,
        capacity: Capacity::gather(scope, system, &month)?,
        smoke: Smoke::gather(scope, system, &month)?,
        said: Said::gather(scope, system, &month)?,
        snapshots,
        drills,
        changes,
        month,
    })
}

impl Operations {
    /// What a reader in a hurry takes along.
    fn verdict(&self) -> Note {
        let (kept, missed, unknown) = self.promises.counts();
        let all = kept + missed + unknown;
        let (tone, word) = match () {
            () if all == 0 => (None, "Nothing promised"),
            () if missed > 0 => (Some(Tone::Critical), "Missed"),
            () if unknown > 0 => (Some(Tone::Unknown), "Not known"),
            () => (Some(Tone::Ok), "Kept"),
        };
        let mut said = vec![match (missed, unknown) {
            _ if all == 0 => "Nothing was promised".to_owned(),
            (0, 0) => format!("{kept} of {} kept", many(all, "promise")),
            (0, _) => format!("{kept} of {} kept, {unknown} not known", many(all, "promise")),
            (_, 0) => format!("{kept} of {} kept, {missed} missed", many(all, "promise")),
            _ => format!("{kept} of {} kept, {missed} missed, {unknown} not known", many(all, "promise")),
        }];
        said.push(self.snapshots.in_short());
        said.push(self.drills.in_short());
        said.push(self.alerts.in_short());
        let until = if self.month.over { String::new() } else { format!("Until {}: ", when(self.month.until)) };
        Note::new(tone, word, format!("{until}{}.", said.join("; ")))
    }

    fn facts(&self, system: &System) -> Vec<Fact> {
        let Month { from, until, over, .. } = self.month;
        let end = if over { String::new() } else { "; the month is not over".to_owned() };
        let mut facts =
            vec![Fact::new("Month", format!("{} to {}{end}", when(from), when(until))), Fact::new("Measured", self.measuring.in_short())];
        facts.extend(system.owner.clone().map(|owner| Fact::new("Owner", owner)));
        if system.added_at > from {
            let word = if system.added_at < until { "Added" } else { "Added after it" };
            facts.push(Fact::new(word, when(system.added_at)));
        }
        facts
    }
}

/// A verdict over a bound that was promised.
fn judged(measured: u64, promised: u64) -> RowVerdict {
    if measured <= promised { RowVerdict::Holds } else { RowVerdict::Fails }
}

/// A list that is cut says so.
fn beyond(all: usize, what: &str) -> Option<String> {
    (all > LISTED).then(|| format!("{} of {all} {what} are listed.", LISTED))
}
