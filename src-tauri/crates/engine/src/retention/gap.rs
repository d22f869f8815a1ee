//! What nobody could go back to any more once snapshots are off the list.

use quarterdeck_model::{Instant, retention::SnapshotVerdict};

use crate::{jobs::between, truth};

/// The gap that named snapshots leave in what can be restored, in a sentence; the largest, where they leave several. `verdicts` newest
/// first. None where all of them stay.
pub(super) fn left_by(verdicts: &[SnapshotVerdict], now: Instant) -> Option<String> {
    let mut kept: Vec<Instant> = verdicts.iter().filter(|verdict| verdict.keep).map(|verdict| verdict.cut_at).collect();
    kept.sort_unstable();
    let gone = verdicts.iter().filter(|verdict| !verdict.keep).map(|verdict| verdict.cut_at);
    let gaps = gone.map(|cut| {
        let at = kept.partition_point(|kept| *kept <= cut);
        (at.checked_sub(1).map(|older| kept[older]), kept.get(at).copied())
    });
    // Without an older neighbour there is no way back beyond the newer one, which is more than any gap.
    let (older, newer) = gaps.max_by_key(|(older, newer)| match (older, newer) {
        (Some(older), newer) => (false, between(*older, newer.unwrap_or(now))),
        (None, newer) => (true, between(newer.unwrap_or(now), now)),
    })?;
    let moment = |at| truth::moment(at, now);
    Some(match (older, newer) {
        (Some(older), Some(newer)) => {
            format!("Between {} and {} nothing could be restored then: a gap of {}.", moment(older), moment(newer), between(older, newer))
        }
        (None, Some(newer)) => format!("Nothing before {} could be restored then.", moment(newer)),
        (Some(older), None) => format!("Nothing since {} could be restored then: a gap of {}.", moment(older), between(older, now)),
        (None, None) => "Nothing could be restored then.".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, TimeDelta};
    use quarterdeck_model::{
        retention::Because,
        snapshot::{Reason, SnapshotId},
    };

    use super::*;

    fn at(hours: i64) -> Instant {
        DateTime::UNIX_EPOCH + TimeDelta::days(365) + TimeDelta::hours(hours)
    }

    /// Snapshots of the hours that are named, newest first; those below zero go.
    fn left(hours: &[i64]) -> Option<String> {
        let verdict = |hour: &i64| SnapshotVerdict {
            id: SnapshotId("ab".repeat(32)),
            cut_at: at(hour.abs()),
            reason: Reason::Manual,
            label: None,
            level: None,
            keep: *hour >= 0,
            because: vec![Because::Named],
            pin: None,
            words: String::new(),
        };
        left_by(&hours.iter().map(verdict).collect::<Vec<_>>(), at(20))
    }

    #[test]
    fn the_gap_reaches_from_the_older_neighbour_that_stays_to_the_newer_one() {
        assert_eq!(left(&[9, 5, 3]), None);
        let one = left(&[9, -5, 3]).unwrap();
        assert!(one.starts_with("Between ") && one.ends_with(" nothing could be restored then: a gap of 6 h."), "{one}");
        assert!(left(&[9, -8, -7, 6, -5, 4]).unwrap().ends_with("a gap of 3 h."));
    }

    #[test]
    fn the_oldest_and_the_newest_leave_an_end_and_no_gap() {
        assert!(left(&[9, 5, -3]).unwrap().starts_with("Nothing before "));
        assert!(left(&[-9, 5, 3]).unwrap().ends_with("could be restored then: a gap of 15 h."));
        assert_eq!(left(&[-9]).unwrap(), "Nothing could be restored then.");
    }
}
