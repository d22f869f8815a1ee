//! What a drill comes to, from what its parts came to. Pure.

use quarterdeck_model::{
    Class, Digest, Fault, Instant, Millis,
    drill::{DrillOutcome, DrillReport, DrillTimes, DrilledComponent, PartOutcome},
};

use crate::truth;

/// Codes of faults that lie with the scratch folder or this machine, or with somebody who has just forgotten the snapshot.
const ELSEWHERE: [&str; 8] =
    ["disk-full", "disk-differs", "disk-error", "permission-denied", "read-only", "file-exists", "drill-too-near", "snapshot-missing"];

/// What was measured.
pub(super) struct Measured {
    /// In the order of the manifest.
    pub components: Vec<DrilledComponent>,
    /// From the beginning of the drill until its last check.
    pub total: Millis,
}

/// True where a fault says nothing about the snapshot: a restore may well work.
pub(super) fn says_nothing(fault: &Fault) -> bool {
    matches!(fault.class, Class::Cancelled | Class::Bug) || fault.retry || ELSEWHERE.contains(&&*fault.code)
}

/// The drill with its result.
pub(super) fn settle(drill: DrillReport, measured: Result<Measured, Fault>, now: Instant) -> DrillReport {
    let settled = match measured {
        Ok(measured) => from_parts(drill, measured, now),
        Err(fault) if says_nothing(&fault) => no_result(drill, fault),
        Err(fault) => {
            let sentence = format!("{} failed: {}", title(&drill), fault.message);
            DrillReport { outcome: DrillOutcome::Failed, sentence, fault: Some(fault), ..drill }
        }
    };
    sealed(settled)
}

/// The drill of a process that ended before it did.
pub(super) fn interrupted(drill: DrillReport) -> DrillReport {
    let fault = Fault::failed("interrupted", "The process that ran it ended before it did.").hint("Run the drill again.");
    sealed(no_result(drill, fault))
}

fn no_result(drill: DrillReport, fault: Fault) -> DrillReport {
    let sentence = format!("{} came to no result: {}", title(&drill), fault.message);
    DrillReport { outcome: DrillOutcome::Unfinished, sentence, fault: Some(fault), ..drill }
}

fn from_parts(drill: DrillReport, measured: Measured, now: Instant) -> DrillReport {
    let Measured { components, total } = measured;
    let sum = |part: fn(&DrillTimes) -> Millis| Millis(components.iter().map(|component| part(&component.times).0).sum());
    let times = DrillTimes { fetch: sum(|times| times.fetch), verify: sum(|times| times.verify), checks: sum(|times| times.checks), total };
    let any = |outcome: PartOutcome| components.iter().any(|component| component.outcome == outcome);
    let outcome = match (any(PartOutcome::Failed), any(PartOutcome::NotDrilled)) {
        (true, _) => DrillOutcome::Failed,
        (false, true) => DrillOutcome::Partial,
        (false, false) => DrillOutcome::Passed,
    };
    let measured_rto = (outcome == DrillOutcome::Passed).then_some(total);
    let sentence = sentence(&drill, outcome, &components, total, now);
    DrillReport { outcome, sentence, components, times: Some(times), measured_rto, ..drill }
}

fn sentence(drill: &DrillReport, outcome: DrillOutcome, components: &[DrilledComponent], total: Millis, now: Instant) -> String {
    let why = |outcome: PartOutcome| {
        let parts = components.iter().filter(|component| component.outcome == outcome);
        let parts = parts.map(|component| format!("{}: {}", component.name, component.why.as_deref().unwrap_or_default()));
        parts.collect::<Vec<_>>().join("; ")
    };
    if outcome == DrillOutcome::Failed {
        return ended(format!("{} failed. {}", title(drill), why(PartOutcome::Failed)));
    }
    let asked = components.iter().map(|component| component.checks.len()).sum::<usize>();
    let checks = match asked {
        0 => "no check of its own is defined".to_owned(),
        1 => "its check passed".to_owned(),
        several => format!("its {several} checks passed"),
    };
    let restored = format!("{} as of {} was restored in {total}; {checks}", drill.system, truth::moment(drill.cut_at, now));
    match outcome {
        DrillOutcome::Partial => ended(format!("{restored}. Not drilled: {}", why(PartOutcome::NotDrilled))),
        _ => ended(restored),
    }
}

fn title(drill: &DrillReport) -> String {
    format!("The drill of {} with snapshot {}", drill.system, drill.snapshot.short())
}

fn ended(text: String) -> String {
    if text.ends_with('.') { text } else { format!("{text}.") }
}

fn sealed(mut drill: DrillReport) -> DrillReport {
    drill.evidence = None;
    drill.evidence = Some(Digest::over(&drill));
    drill
}
