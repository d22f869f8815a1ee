//! The report over a drill: what was restored, checked and timed.

use quarterdeck_model::{
    Fault, Millis, Outcome,
    drill::{DrillOutcome, DrillReport},
    inspection::Tone,
    system::System,
};
use quarterdeck_report::{Block, Cell, Column, Document, Fact, Note, Section, Table};

use super::{pictures, words::when};
use crate::{drill, operation::Scope, ops::DrillList};

/// The document over the drill of that job, else over the newest one, and what it is about.
pub(super) fn document(scope: &Scope, system: &System, subject: Option<&str>) -> Outcome<(Document, String)> {
    let list = drill::list(&scope.engine, &system.name)?;
    let meant = |drill: &&DrillReport| subject.is_none_or(|job| drill.job.to_string() == job);
    let ended = |drill: &&DrillReport| drill.outcome != DrillOutcome::Running;
    let drill = list.drills.iter().filter(ended).find(meant).ok_or_else(|| {
        Fault::refused("no-such-drill", format!("{} has no such drill.", system.name))
            .hint(format!("Run: quarterdeck drill {}", system.name))
    })?;
    let mut document = Document::new(format!("Drill of {}", system.name), list.as_of);
    document.subtitle = format!("{} ({})", system.name, drill.environment);
    let (tone, word) = match drill.outcome {
        DrillOutcome::Passed => (Tone::Ok, "Passed"),
        DrillOutcome::Partial => (Tone::Attention, "Partial"),
        DrillOutcome::Failed => (Tone::Critical, "Failed"),
        DrillOutcome::Running | DrillOutcome::Unfinished => (Tone::Unknown, "Came to no result"),
    };
    document.verdict = Some(Note::new(tone, word, drill.sentence.clone()));
    let time = |time: Option<Millis>| time.map_or_else(|| "not promised".to_owned(), |time| time.to_string());
    let measured = |time: Option<Millis>| time.map_or_else(|| "not measured".to_owned(), |time| time.to_string());
    document.facts = vec![
        Fact::new("Snapshot", drill.snapshot.to_string()),
        Fact::new("Holds what was there", when(drill.cut_at)),
        Fact::new("Began", when(drill.started_at)),
        Fact::new("Recovery time", format!("{}, {} promised", measured(drill.measured_rto), time(drill.rto))),
        Fact::new("Recovery point", format!("{}, {} promised", measured(drill.measured_rpo), time(drill.rpo))),
    ];
    document.sections = vec![parts(drill), past(&list)?];
    document.closing.evidence = drill.evidence.clone();
    Ok((document, drill.started_at.format("%Y-%m-%d").to_string()))
}

fn parts(drill: &DrillReport) -> Section {
    let rows = drill.components.iter().map(|part| {
        vec![Cell::new(part.name.to_string()), Cell::new(part.why.clone().unwrap_or_else(|| "restored and checked".to_owned()))]
    });
    let table = Table {
        caption: "What was restored and checked".to_owned(),
        columns: vec![Column::words("Component", 1), Column::words("What was found", 4)],
        rows: rows.collect(),
        none: "Nothing was restored.".to_owned(),
    };
    Section::new("Components", vec![Block::Table(table)])
}

/// The history of proof, as the product draws it.
fn past(list: &DrillList) -> Outcome<Section> {
    let passed = list.drills.iter().filter(|drill| drill.measured_rto.is_some()).count() as u64;
    let caption = "Measured recovery time of each drill that passed, beside the promised one.".to_owned();
    let longest = list.drills.iter().filter_map(|drill| drill.measured_rto).max();
    let alt = match longest {
        Some(longest) => {
            format!("{} of {} drills of {} passed; the longest took {longest}.", passed, list.drills.len(), list.system)
        }
        None => format!("No drill of {} has passed whole yet.", list.system),
    };
    Ok(Section::new("Drills so far", vec![Block::Figure(pictures::drills(list, None, caption, alt)?)]))
}
