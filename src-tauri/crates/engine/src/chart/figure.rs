//! What is drawn of a history of drills, before anything is drawn. Pure.

use chrono::TimeDelta;
use quarterdeck_model::{Instant, Millis, drill::DrillOutcome};

use crate::ops::DrillList;

/// Drills farther apart than this are not joined: nothing is known of the time between them. Twice a month, which is the usual rhythm.
const GAP: TimeDelta = TimeDelta::days(62);

/// Beyond this ratio between the largest and the smallest figure, the smaller would lie on the floor of an even scale.
const UNEVEN: f64 = 20.0;

/// One measured time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    /// When the drill began.
    pub at: Instant,
    /// How long it took, in milliseconds.
    pub took: f64,
}

/// A promise and how long it was in force.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Promise {
    pub from: Instant,
    pub until: Instant,
    pub rto: Millis,
}

/// Everything that is drawn.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Figure {
    pub title: String,
    /// Measured times, in pieces: between two pieces there is a gap.
    pub measured: Vec<Vec<Point>>,
    pub promised: Vec<Promise>,
    /// Drills that failed.
    pub failed: Vec<Instant>,
    /// Drills of a part, and those that came to no result.
    pub unmeasured: Vec<Instant>,
    pub from: Instant,
    pub until: Instant,
}

impl Figure {
    pub(super) fn of(list: &DrillList) -> Self {
        let oldest_first = || list.drills.iter().rev();
        let (mut measured, mut failed, mut unmeasured) = (Vec::<Vec<Point>>::new(), Vec::new(), Vec::new());
        let mut open = false;
        for drill in oldest_first() {
            let at = drill.started_at;
            let Some(took) = drill.measured_rto else {
                open = false;
                match drill.outcome {
                    DrillOutcome::Failed => failed.push(at),
                    _ => unmeasured.push(at),
                }
                continue;
            };
            #[allow(clippy::cast_precision_loss)] // a picture
            let point = Point { at, took: took.0 as f64 };
            match measured.last_mut().filter(|piece| open && piece.last().is_some_and(|last| at - last.at <= GAP)) {
                Some(piece) => piece.push(point),
                None => measured.push(vec![point]),
            }
            open = true;
        }
        let until = list.as_of;
        let first = oldest_first().map(|drill| drill.started_at).next().unwrap_or(until);
        Self {
            title: format!("Recovery time of {}, measured by drills", list.system),
            measured,
            promised: promised(list),
            failed,
            unmeasured,
            // A single moment has no width.
            from: first.min(until - TimeDelta::days(1)),
            until,
        }
    }

    /// The smallest and the largest figure, in milliseconds; none where nothing was measured or promised.
    #[allow(clippy::cast_precision_loss)] // a picture
    pub(super) fn bounds(&self) -> Option<(f64, f64)> {
        let measured = self.measured.iter().flatten().map(|point| point.took);
        let figures = measured.chain(self.promised.iter().map(|promise| promise.rto.0 as f64)).map(|figure| figure.max(1.0));
        figures.fold(None, |bounds, figure| {
            let (low, high) = bounds.unwrap_or((figure, figure));
            Some((figure.min(low), figure.max(high)))
        })
    }

    /// True where equal steps stand for equal ratios.
    pub(super) fn uneven(&self) -> bool {
        self.bounds().is_some_and(|(low, high)| high / low > UNEVEN)
    }
}

/// What was promised, from each drill to the next and from the newest until now.
fn promised(list: &DrillList) -> Vec<Promise> {
    let mut promised: Vec<Promise> = Vec::new();
    let mut starts: Vec<(Instant, Option<Millis>)> = list.drills.iter().rev().map(|drill| (drill.started_at, drill.rto)).collect();
    if starts.is_empty() {
        starts.push((list.as_of - TimeDelta::days(1), list.rto));
    }
    let ends = starts.iter().skip(1).map(|(start, _)| *start).chain([list.as_of]).collect::<Vec<_>>();
    for ((from, rto), until) in starts.into_iter().zip(ends) {
        let Some(rto) = rto else { continue };
        match promised.last_mut() {
            Some(last) if last.rto == rto && last.until == from => last.until = until,
            _ => promised.push(Promise { from, until, rto }),
        }
    }
    promised
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use chrono::DateTime;
    use quarterdeck_model::{
        JobId,
        drill::DrillReport,
        snapshot::SnapshotId,
        system::{Environment, Name},
    };

    fn day(day: i64) -> Instant {
        DateTime::UNIX_EPOCH + TimeDelta::days(20_000 + day)
    }

    fn drill(on: i64, outcome: DrillOutcome, took: u64, rto: Option<u64>) -> DrillReport {
        DrillReport {
            job: JobId(on),
            sentence: String::new(),
            system: Name::from_file_stem("shop"),
            environment: Environment::Production,
            component: None,
            snapshot: SnapshotId("ab".repeat(32)),
            cut_at: day(on),
            started_at: day(on),
            outcome,
            components: Vec::new(),
            times: None,
            measured_rto: (outcome == DrillOutcome::Passed).then_some(Millis(took)),
            measured_rpo: None,
            age: Millis(0),
            rto: rto.map(Millis),
            rpo: None,
            fault: None,
            evidence: None,
        }
    }

    /// Two that passed, one that failed, one that passed, and after a long silence one more.
    pub(in crate::chart) fn history() -> DrillList {
        use DrillOutcome::{Failed, Passed, Unfinished};
        let mut drills = vec![
            drill(0, Passed, 900, None),
            drill(30, Passed, 1_100, Some(60_000)),
            drill(60, Failed, 0, Some(60_000)),
            drill(61, Unfinished, 0, Some(60_000)),
            drill(90, Passed, 1_300, Some(30_000)),
            drill(200, Passed, 2_000, Some(30_000)),
        ];
        drills.reverse();
        DrillList { system: Name::from_file_stem("shop"), drills, rto: Some(Millis(30_000)), rpo: None, as_of: day(210) }
    }

    #[test]
    fn what_was_not_measured_and_what_lies_long_apart_is_a_gap() {
        let figure = Figure::of(&history());
        let pieces: Vec<Vec<f64>> = figure.measured.iter().map(|piece| piece.iter().map(|point| point.took).collect()).collect();
        assert_eq!(pieces, [vec![900.0, 1_100.0], vec![1_300.0], vec![2_000.0]]);
        assert_eq!((figure.failed, figure.unmeasured), (vec![day(60)], vec![day(61)]));
        assert_eq!((figure.from, figure.until), (day(0), day(210)));
    }

    #[test]
    fn a_promise_is_drawn_as_long_as_it_was_in_force() {
        let promised = Figure::of(&history()).promised;
        let first = Promise { from: day(30), until: day(90), rto: Millis(60_000) };
        let second = Promise { from: day(90), until: day(210), rto: Millis(30_000) };
        assert_eq!(promised, [first, second]);
    }

    #[test]
    fn the_scale_follows_the_figures() {
        let mut list = history();
        let figure = Figure::of(&list);
        assert_eq!((figure.bounds(), figure.uneven()), (Some((900.0, 60_000.0)), true));
        list.drills.iter_mut().for_each(|drill| drill.rto = Some(Millis(3_000)));
        assert!(!Figure::of(&list).uneven());
        let empty = Figure::of(&DrillList { drills: Vec::new(), rto: None, ..list });
        assert_eq!((empty.bounds(), empty.measured.len()), (None, 0));
        assert!(empty.from < empty.until);
    }
}
