//! What a drill comes to, from what its parts came to. Pure.

use std::path::Path;

use quarterdeck_model::{
    Class, Digest, Fault, Instant, Millis,
    drill::{DrillOutcome, DrillReport, DrillTimes, DrilledComponent, PartOutcome},
};

use crate::truth;

/// Codes of faults that lie with the scratch folder or this machine, or with somebody who has just forgotten the snapshot.
const ELSEWHERE: [&str; 8] =
    ["disk-full", "disk-differs", "disk-error", "permission-denied", "read-only", "file-exists", "drill-too-near", "snapshot-missing"];

/// Codes of faults of any file.
const FILES: [&str; 2] = ["file-error", "file-missing"];

/// What was measured.
pub(super) struct Measured {
    /// In the order of the manifest.
    pub components: Vec<DrilledComponent>,
    /// From the beginning of the drill until its last check.
    pub total: Millis,
}

/// True where a fault says nothing about the snapshot: a restore may well work. A file that cannot be written or read is no verdict where
/// it lies in `scratch`.
pub(super) fn says_nothing(fault: &Fault, scratch: &Path) -> bool {
    let in_scratch = || fault.facts.get("path").and_then(|path| path.as_str()).is_some_and(|path| Path::new(path).starts_with(scratch));
    matches!(fault.class, Class::Cancelled | Class::Bug)
        || fault.retry
        || ELSEWHERE.contains(&&*fault.code)
        || (FILES.contains(&&*fault.code) && in_scratch())
}

/// The drill with its result.
pub(super) fn settle(drill: DrillReport, measured: Result<Measured, Fault>, scratch: &Path, now: Instant) -> DrillReport {
    let settled = match measured {
        Ok(measured) => from_parts(drill, measured, now),
        Err(fault) if says_nothing(&fault, scratch) => no_result(drill, fault),
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
    // What cannot be checked here is not called sound, although it was restored.
    let in_part = components.iter().any(|component| component.outcome != PartOutcome::Failed && component.why.is_some());
    let outcome = match (any(PartOutcome::Failed), in_part) {
        (true, _) => DrillOutcome::Failed,
        // Nothing that failed is not enough: something has to have passed.
        (false, false) if any(PartOutcome::Passed) => DrillOutcome::Passed,
        (false, _) => DrillOutcome::Partial,
    };
    let measured_rto = (outcome == DrillOutcome::Passed).then_some(total);
    let sentence = sentence(&drill, outcome, &components, total, now);
    DrillReport { outcome, sentence, components, times: Some(times), measured_rto, ..drill }
}

/// What came of it, in one sentence; why, in a second one.
fn sentence(drill: &DrillReport, outcome: DrillOutcome, components: &[DrilledComponent], total: Millis, now: Instant) -> String {
    let why = |failed: bool| {
        let parts = components.iter().filter(|component| (component.outcome == PartOutcome::Failed) == failed);
        let parts = parts.filter_map(|component| Some(format!("{}: {}", component.name, component.why.as_deref()?)));
        parts.collect::<Vec<_>>().join("; ")
    };
    if !components.iter().any(|component| component.outcome != PartOutcome::NotDrilled) {
        let why = why(false);
        return ended(format!("{} had nothing to restore. {why}", title(drill)).trim_end().to_owned());
    }
    if outcome == DrillOutcome::Failed {
        return ended(format!("{} failed. {}", title(drill), why(true)));
    }
    let asked = components.iter().map(|component| component.checks.len()).sum::<usize>();
    let checks = match asked {
        0 => "no check of its own is defined".to_owned(),
        1 => "its check passed".to_owned(),
        several => format!("its {several} checks passed"),
    };
    let restored = format!("{} as of {} was restored in {total}; {checks}", drill.system, truth::moment(drill.cut_at, now));
    match outcome {
        DrillOutcome::Partial => ended(format!("{restored}. Not drilled: {}", why(false))),
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

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use quarterdeck_model::{
        JobId,
        drill::DrillCheck,
        snapshot::SnapshotId,
        system::{Environment, Name},
    };

    fn drill() -> DrillReport {
        DrillReport {
            job: JobId(7),
            sentence: String::new(),
            system: Name::from_file_stem("shop"),
            environment: Environment::Production,
            component: None,
            snapshot: SnapshotId("3f2a91c0".repeat(8)),
            cut_at: DateTime::UNIX_EPOCH,
            started_at: DateTime::UNIX_EPOCH,
            outcome: DrillOutcome::Running,
            components: Vec::new(),
            times: None,
            measured_rto: None,
            measured_rpo: None,
            age: Millis(0),
            rto: None,
            rpo: None,
            fault: None,
            evidence: None,
        }
    }

    fn part(name: &str, outcome: PartOutcome, checks: usize) -> DrilledComponent {
        let check = DrillCheck { name: "a".into(), outcome, result: String::new(), took: Millis(1) };
        DrilledComponent {
            id: name.to_owned(),
            name: Name::from_file_stem(name),
            outcome,
            why: (outcome != PartOutcome::Passed).then(|| format!("{name} why")),
            verified: Vec::new(),
            checks: vec![check; checks],
            times: DrillTimes { fetch: Millis(1), verify: Millis(2), checks: Millis(3), total: Millis(6) },
        }
    }

    fn settled(components: Vec<DrilledComponent>) -> DrillReport {
        settle(drill(), Ok(Measured { components, total: Millis(1_500) }), Path::new("/scratch/drill-1"), DateTime::UNIX_EPOCH)
    }

    #[test]
    fn a_drill_is_what_its_weakest_part_is() {
        use PartOutcome::{Failed, NotDrilled, Passed};
        let beyond = DrilledComponent { why: Some("beyond us".into()), ..part("a", Passed, 1) };
        for (parts, outcome, words) in [
            (vec![part("a", Passed, 1), part("b", Passed, 2)], DrillOutcome::Passed, "was restored in 1.5 s; its 3 checks passed."),
            (vec![part("a", Passed, 0)], DrillOutcome::Passed, "no check of its own is defined."),
            (vec![part("a", Passed, 1), part("b", NotDrilled, 0)], DrillOutcome::Partial, "its check passed. Not drilled: b: b why."),
            (vec![part("a", Passed, 0), part("b", Failed, 0), part("c", NotDrilled, 0)], DrillOutcome::Failed, "failed. b: b why."),
            (vec![part("a", NotDrilled, 0)], DrillOutcome::Partial, "had nothing to restore. a: a why."),
            (vec![beyond], DrillOutcome::Partial, "its check passed. Not drilled: a: beyond us."),
            (vec![], DrillOutcome::Partial, "had nothing to restore."),
        ] {
            let drill = settled(parts);
            assert_eq!(drill.outcome, outcome, "{}", drill.sentence);
            assert!(drill.sentence.trim_end().ends_with(words), "{}", drill.sentence);
            assert_eq!(drill.measured_rto.is_some(), outcome == DrillOutcome::Passed, "only a whole pass measures a recovery time");
        }
        let times = settled(vec![part("a", Passed, 1), part("b", Passed, 1)]).times.unwrap();
        assert_eq!(times, DrillTimes { fetch: Millis(2), verify: Millis(4), checks: Millis(6), total: Millis(1_500) });
    }

    #[test]
    fn what_lies_with_this_machine_says_nothing_about_the_snapshot() {
        for (fault, outcome) in [
            (Fault::cancelled("Cancelled."), DrillOutcome::Unfinished),
            (Fault::failed("disk-full", "Full."), DrillOutcome::Unfinished),
            (Fault::failed("store-busy", "Busy.").may_retry(), DrillOutcome::Unfinished),
            (Fault::bug("Ours."), DrillOutcome::Unfinished),
            (Fault::failed("snapshot-damaged", "Damaged."), DrillOutcome::Failed),
            (Fault::failed("manifest-differs", "Differs."), DrillOutcome::Failed),
            (Fault::failed("file-error", "No.").fact("path", "/scratch/drill-1/main.db"), DrillOutcome::Unfinished),
            (Fault::failed("file-error", "No.").fact("path", "/repository/data/00"), DrillOutcome::Failed),
            (Fault::refused("damaged", "No.").fact("path", "/scratch/drill-1/main.db"), DrillOutcome::Failed),
            (Fault::refused("wrong-key", "Wrong."), DrillOutcome::Failed),
        ] {
            let drill = settle(drill(), Err(fault.clone()), Path::new("/scratch/drill-1"), DateTime::UNIX_EPOCH);
            assert_eq!((drill.outcome, drill.fault), (outcome, Some(fault)));
        }
        assert_eq!(interrupted(drill()).outcome, DrillOutcome::Unfinished);
    }

    #[test]
    fn the_evidence_covers_everything_but_itself() {
        let one = settled(vec![part("a", PartOutcome::Passed, 1)]);
        let again = sealed(one.clone());
        assert_eq!(one.evidence, again.evidence);
        let other = sealed(DrillReport { rto: Some(Millis(1)), ..one.clone() });
        assert_ne!(one.evidence, other.evidence);
    }
}
