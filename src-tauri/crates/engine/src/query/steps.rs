//! At which moments a query is evaluated.

use quarterdeck_model::{Fault, JobCtx, Outcome};
use quarterdeck_monitor::{
    promql::{self, Form, MOST_STEPS, MOST_STEPS_THINNED, Query, Steps},
    sample::{Moment, is_stale},
    series::Snapshot,
    source::{Facet, Source, Wanted},
};

use crate::ops::QueryRange;

/// How many moments are wanted where nobody says.
const POINTS: u32 = 1_500;

/// So many values at most are made to be thinned out.
const MOST_VALUES: i64 = 4_000_000;

/// A second, in milliseconds.
const SECOND: i64 = 1_000;

/// Steps between which people can count, in seconds.
const ROUND: [i64; 17] = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 21_600, 43_200];

/// How a stretch of time is gone through.
#[derive(Debug, Clone, Copy)]
pub(super) enum Course {
    /// At each step.
    Steps(Steps),
    /// At each step, and so many moments stay.
    Thinned(Steps, usize),
    /// Two values of each step; samples are so far apart.
    Outline(Steps, i64),
}

/// As fine as samples are, no finer than was asked for; where samples are finer, their extremes are kept if that can be.
pub(super) fn choose(query: &Query, snapshot: &Snapshot, asked: &QueryRange, ctx: &JobCtx) -> Outcome<Course> {
    let (from, until) = (asked.from.timestamp_millis(), asked.until.timestamp_millis());
    if let Some(step) = asked.step {
        let step = i64::try_from(step.0).ok().filter(|step| *step > 0);
        let step = step.ok_or_else(|| Fault::usage("bad-step", "A step of zero leads nowhere.").hint("Let it be a second or more."))?;
        return Ok(Course::Steps(Steps { from, until, step }));
    }
    let points = i64::from(asked.points.unwrap_or(POINTS)).clamp(2, MOST_STEPS as i64);
    let span = until - from;
    let rhythm = rhythm(query, snapshot, until, ctx)?;
    if span / rhythm < points {
        return Ok(Course::Steps(aligned(from, until, rhythm)));
    }
    match query.form() {
        Form::Selector => {
            let step = round(span * 2 / points);
            // The first step may begin before the stretch: what lies between its begin and the next step counts, too.
            Ok(Course::Outline(Steps { from: from.div_euclid(step) * step, until, step }, rhythm))
        }
        Form::Moments => {
            let series: usize = promql::selectors(query).iter().map(|matchers| snapshot.series(matchers).len()).sum();
            let most = (MOST_VALUES / i64::try_from(series.max(1)).unwrap_or(i64::MAX)).clamp(points, MOST_STEPS_THINNED as i64);
            let finest = if span / rhythm < most { rhythm } else { round(span / most) };
            Ok(Course::Thinned(aligned(from, until, finest), usize::try_from(points).unwrap_or(usize::MAX)))
        }
        Form::Ranges => Ok(Course::Steps(aligned(from, until, round(span / points).max(rhythm)))),
    }
}

/// Steps at multiples of themselves, so that a chart that moves on draws the same values again.
fn aligned(from: Moment, until: Moment, step: i64) -> Steps {
    let first = from.div_euclid(step) * step;
    let first = if first < from { first + step } else { first };
    // A stretch that is shorter than a step is looked at once, at its end.
    if first > until { Steps { from: until, until, step } } else { Steps { from: first, until, step } }
}

/// The next step that people can count in.
fn round(milliseconds: i64) -> i64 {
    let seconds = milliseconds.div_euclid(SECOND) + i64::from(milliseconds % SECOND != 0);
    let day = 86_400;
    let days = |seconds: i64| (seconds.div_euclid(day) + i64::from(seconds % day != 0)) * day;
    ROUND.iter().copied().find(|round| *round >= seconds).unwrap_or_else(|| days(seconds)) * SECOND
}

/// How far apart the samples of a query's series are: the usual distance in the last hour before the end, of the series that
/// have most samples; between a second and five minutes.
fn rhythm(query: &Query, snapshot: &Snapshot, until: Moment, ctx: &JobCtx) -> Outcome<i64> {
    const HOUR: i64 = 3_600 * SECOND;
    let mut least = i64::MAX;
    for matchers in promql::selectors(query) {
        let wanted = Wanted { matchers, after: until - HOUR, until, facet: Facet::Last };
        snapshot.visit(&wanted, ctx, &mut |selected| {
            let living: Vec<Moment> = selected.samples.iter().filter(|sample| !is_stale(sample.value)).map(|sample| sample.at).collect();
            let mut distances: Vec<i64> = living.windows(2).map(|pair| pair[1] - pair[0]).collect();
            // The first visits of a new start lie where they fall: what is usual counts.
            distances.sort_unstable();
            least = distances.get(distances.len() / 2).copied().unwrap_or(i64::MAX).min(least);
            Ok(())
        })?;
    }
    // Where nothing was measured, any step shows that.
    Ok(if least == i64::MAX { 15 * SECOND } else { round(least.clamp(SECOND, 300 * SECOND)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round_and_lie_at_multiples_of_themselves() {
        assert_eq!([1, 1_001, 57_600, 43_200_001, 86_400_001].map(round), [1_000, 2_000, 60_000, 86_400_000, 172_800_000]);
        assert_eq!(aligned(61_000, 300_000, 60_000).from, 120_000);
        assert_eq!(aligned(120_000, 300_000, 60_000).from, 120_000);
        assert_eq!(aligned(61_000, 62_000, 60_000).from, 62_000);
    }
}
