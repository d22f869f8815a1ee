//! What the drills of a system say of one of its components now. Pure.

use chrono::TimeDelta;
use quarterdeck_model::{
    Instant,
    drill::{DrillOutcome, DrillReport, DrilledComponent, PartOutcome},
    inspection::{Finding, Tone},
    snapshot::Level,
    system::{Component, System},
};

use crate::{ops::Proof, truth};

/// The newest drill that proved the component, and what is wrong with a newer one. `drills` newest first. Drills from before the system
/// was registered were those of another file, perhaps.
pub(crate) fn standing(system: &System, component: &Component, drills: &[DrillReport], now: Instant) -> (Option<Proof>, Option<Finding>) {
    let own = drills.iter().filter(|drill| drill.started_at >= system.added_at);
    // A failure is not hidden by a later drill that came to no result.
    let (mut failure, mut no_result) = (None, None);
    for drill in own {
        let part = drill.components.iter().find(|part| part.name == component.name);
        match (drill.outcome, part) {
            (DrillOutcome::Running, _) => {}
            (_, Some(part)) if part.outcome == PartOutcome::Passed => {
                return (Some(proof(drill, part)), failure.or(no_result));
            }
            (_, Some(part)) if part.outcome == PartOutcome::NotDrilled => {}
            (DrillOutcome::Unfinished, _) => no_result = no_result.or_else(|| Some(unfinished(drill, now))),
            _ => failure = failure.or_else(|| Some(failed(drill, part, now))),
        }
    }
    (None, failure.or(no_result))
}

fn proof(drill: &DrillReport, part: &DrilledComponent) -> Proof {
    let level = if drill.outcome == DrillOutcome::Passed { Level::Drilled } else { Level::DataMatches };
    let lasted = drill.times.map_or(0, |times| i64::try_from(times.total.0).unwrap_or(0));
    Proof {
        at: drill.started_at.checked_add_signed(TimeDelta::milliseconds(lasted)).unwrap_or(drill.started_at),
        took: part.times.total,
        level,
        snapshot: drill.snapshot.clone(),
        job: drill.job,
    }
}

fn failed(drill: &DrillReport, part: Option<&DrilledComponent>, now: Instant) -> Finding {
    let why = part.and_then(|part| part.why.clone()).unwrap_or_else(|| drill.sentence.clone());
    let what = format!("The drill of {} failed: {}", truth::moment(drill.started_at, now), why.trim_end_matches('.'));
    Finding { tone: Tone::Critical, what, next: "Look at its result, then back up and drill again".to_owned() }
}

fn unfinished(drill: &DrillReport, now: Instant) -> Finding {
    let why = drill.fault.as_ref().map(|fault| fault.message.trim_end_matches('.').to_owned()).unwrap_or_default();
    let what = format!("The drill of {} came to no result: {why}", truth::moment(drill.started_at, now));
    Finding { tone: Tone::Attention, what, next: "Run the drill again".to_owned() }
}
