//! Alerts that are told together.

use std::{cmp::Ordering, collections::HashSet};

use crate::{alert::Alert, labels::Labels, sample::Moment};

/// Alerts of one route that have the same values in its `group_by`.
#[derive(Debug)]
pub struct Group {
    /// Which route, by its number.
    pub route: usize,
    /// What they have in common.
    pub labels: Labels,
    /// Its name.
    pub key: String,
    /// When it is looked at next.
    pub next: Moment,
    /// Ids of its alerts.
    pub members: HashSet<String>,
    /// Messages that are on their way, at most one for each channel.
    pub flights: usize,
}

/// A message on its way, and what its channel will know when it arrives.
#[derive(Debug)]
pub struct Flight {
    /// Whose; none where it is from before a restart.
    pub group: Option<u64>,
    pub firing: HashSet<String>,
    pub resolved: HashSet<String>,
    pub at: Moment,
    pub until: Moment,
}

/// The order in which alerts are told (Alertmanager's AlertSlice): by job, instance, then all labels.
pub fn order(a: &Alert, b: &Alert) -> Ordering {
    let by = |name: &str| match (a.labels.get(name), b.labels.get(name)) {
        (a, b) if a == b => Ordering::Equal,
        ("", _) => Ordering::Greater,
        (_, "") => Ordering::Less,
        (a, b) => a.cmp(b),
    };
    by("job").then_with(|| by("instance")).then_with(|| by_labels(&a.labels, &b.labels))
}

/// Fewer labels first; else the first name, over both, in which they differ: what lacks it comes first (model.LabelSet.Before).
fn by_labels(a: &Labels, b: &Labels) -> Ordering {
    let counts = a.iter().count().cmp(&b.iter().count());
    let (mut left, mut right) = (a.iter().peekable(), b.iter().peekable());
    counts.then_with(|| {
        loop {
            let (Some(l), Some(r)) = (left.peek(), right.peek()) else { return Ordering::Equal };
            match l.0.cmp(r.0) {
                // The right one lacks what the left one has next.
                Ordering::Less => return Ordering::Greater,
                Ordering::Greater => return Ordering::Less,
                Ordering::Equal if l.1 != r.1 => return l.1.cmp(r.1),
                Ordering::Equal => {}
            }
            left.next();
            right.next();
        }
    })
}
