//! The sentence of promise 1, and how much could be lost: pure functions of what was measured.

use chrono::TimeDelta;
use quarterdeck_model::{
    Count, Instant,
    inspection::{Finding, Tone},
    snapshot::Level,
    system::Objective,
};

pub(crate) use quarterdeck_model::figures::moment;

use crate::{
    jobs::between,
    ops::{Loss, Proof, SnapshotBrief},
};

/// How far back gaps between snapshots are looked at.
pub(crate) const WINDOW: TimeDelta = TimeDelta::days(7);

/// The largest gap between the cuts of snapshots in the window, the open one until `now` included. `cuts` in any order.
pub(crate) fn loss(cuts: &[Instant], now: Instant) -> Option<Loss> {
    let mut cuts: Vec<Instant> = cuts.to_vec();
    cuts.sort_unstable();
    let newest = *cuts.last()?;
    let since = now - WINDOW;
    let recent: Vec<Instant> = cuts.iter().copied().filter(|cut| *cut >= since).collect();
    let closed = recent.windows(2).map(|pair| between(pair[0], pair[1])).max().unwrap_or_default();
    let open = between(newest, now);
    Some(Loss { largest: closed.max(open), open: open >= closed, snapshots: Count(recent.len().max(1) as u64) })
}

/// What is measured of one database, in one sentence. Never from a schedule, never from a checksum alone.
pub(crate) fn sentence(newest: Option<&SnapshotBrief>, proof: Option<&Proof>, loss: Option<&Loss>, now: Instant) -> String {
    let (Some(newest), Some(loss)) = (newest, loss) else {
        return "Never backed up: everything would be lost.".to_owned();
    };
    let losing = match (loss.open, loss.snapshots.0) {
        (_, ..2) => format!("losing now {}; one snapshot says nothing about a rhythm", loss.largest),
        (true, _) => format!("losing now {}", loss.largest),
        (false, _) => format!("losing at most {}", loss.largest),
    };
    match proof {
        Some(proof) => format!("Proved restorable {}, in {}, {losing}.", moment(proof.at, now), proof.took),
        None => format!("Never proved by a restore: snapshot of {}, {}, {losing}.", moment(newest.cut_at, now), level(newest.level)),
    }
}

/// Promises that the measurements do not keep.
pub(crate) fn broken_promises(loss: Option<&Loss>, proof: Option<&Proof>, objectives: &[Objective]) -> Vec<Finding> {
    let mut findings = Vec::new();
    if let (Some(loss), Some(promised)) =
        (loss, objectives.iter().filter(|objective| objective.rpo.0 > 0).min_by_key(|objective| objective.rpo))
        && loss.largest > promised.rpo
    {
        findings.push(Finding {
            tone: Tone::Attention,
            what: format!("Up to {} could be lost; {} is promised for {}", loss.largest, promised.rpo, promised.scenario),
            next: "Back up now".to_owned(),
        });
    }
    if let (Some(proof), Some(promised)) =
        (proof, objectives.iter().filter(|objective| objective.rto.0 > 0).min_by_key(|objective| objective.rto))
        && proof.took > promised.rto
    {
        findings.push(Finding {
            tone: Tone::Attention,
            what: format!("The last restore took {}; {} is promised for {}", proof.took, promised.rto, promised.scenario),
            next: "Look at its report".to_owned(),
        });
    }
    findings
}

/// A level in words.
pub(crate) fn level(level: Level) -> &'static str {
    match level {
        Level::Present => "present",
        Level::Read => "read again",
        Level::Opens => "opens",
        Level::IntegrityOk => "integrity ok",
        Level::DataMatches => "data matches",
        Level::Drilled => "drilled",
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;
    use quarterdeck_model::{JobId, Millis, snapshot::SnapshotId};

    fn at(minutes: i64) -> Instant {
        DateTime::UNIX_EPOCH + TimeDelta::days(365) + TimeDelta::minutes(minutes)
    }

    #[test]
    fn the_largest_gap_counts_the_open_one_and_nothing_older_than_the_window() {
        assert_eq!(loss(&[], at(0)), None);
        let one = loss(&[at(0)], at(90)).unwrap();
        assert_eq!((one.largest, one.open, one.snapshots), (Millis(90 * 60_000), true, Count(1)));
        let rhythm = loss(&[at(10), at(0), at(15)], at(17)).unwrap();
        assert_eq!((rhythm.largest, rhythm.open, rhythm.snapshots), (Millis(10 * 60_000), false, Count(3)));
        let week = WINDOW.num_minutes();
        let old = loss(&[at(0), at(5_000), at(week + 10), at(week + 20)], at(week + 21)).unwrap();
        assert_eq!((old.largest, old.snapshots), (Millis((week as u64 + 10 - 5_000) * 60_000), Count(3)));
    }

    #[test]
    fn the_sentence_says_what_was_measured_and_what_never_was() {
        let now = at(60);
        let newest = SnapshotBrief { id: SnapshotId("ab".repeat(32)), cut_at: at(50), level: Level::DataMatches };
        let loss = loss(&[at(40), at(50)], now).unwrap();
        assert_eq!(sentence(None, None, None, now), "Never backed up: everything would be lost.");
        let text = sentence(Some(&newest), None, Some(&loss), now);
        assert!(
            text.starts_with("Never proved by a restore: snapshot of ") && text.ends_with(", data matches, losing now 10 min."),
            "{text}"
        );
        let proof = Proof { at: at(55), took: Millis(41_000), level: Level::DataMatches, snapshot: newest.id.clone(), job: JobId(3) };
        let text = sentence(Some(&newest), Some(&proof), Some(&loss), now);
        assert!(text.starts_with("Proved restorable ") && text.contains(", in 41 s, losing now 10 min."), "{text}");
    }

    #[test]
    fn a_promise_that_is_not_kept_is_a_finding() {
        let objectives = [Objective { scenario: "data loss".into(), rto: Millis(1000), rpo: Millis(60_000) }];
        let loss = loss(&[at(0)], at(2)).unwrap();
        let findings = broken_promises(Some(&loss), None, &objectives);
        assert_eq!(findings[0].what, "Up to 2 min could be lost; 60 s is promised for data loss");
        assert_eq!(findings[0].next, "Back up now");
        assert!(broken_promises(None, None, &objectives).is_empty());
    }
}
