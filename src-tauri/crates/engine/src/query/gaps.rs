//! When nobody measured.

use quarterdeck_model::{
    Instant, JobCtx, Outcome,
    monitor::{Gap, TimeSpan},
};
use quarterdeck_monitor::{
    labels::NAME,
    sample::{Moment, is_stale},
    series::Snapshot,
    source::{Facet, LOOK_BACK, Matcher, Source, Test, Wanted},
};
use serde::Serialize;

/// The series that says that somebody measured.
const COLLECTING: &str = "quarterdeck_collecting";

/// How far back the last measurement before a stretch is looked for.
const FAR: i64 = 400 * 86_400_000;

/// Around a gap, somebody may have said why.
const AROUND: i64 = 2 * 60_000;

/// Stretches of the time asked for in which nobody measured, with the reason where one is known. Where measuring was never begun there is
/// no gap in it.
pub(crate) fn of(snapshot: &Snapshot, from: Moment, until: Moment, ctx: &JobCtx) -> Outcome<Vec<Gap>> {
    between(snapshot, &ticks(snapshot, from, until, ctx)?, from, until)
}

/// When nobody measured, for whoever has to prove something by what was measured.
#[derive(Debug, Default)]
pub(crate) struct Silence {
    /// Stretches of the time asked for; among them the time before measuring was begun, if it ever was.
    pub spans: Vec<TimeSpan>,
    /// When somebody did measure.
    ticks: Vec<Moment>,
}

impl Silence {
    /// Over a time.
    pub fn over(snapshot: &Snapshot, from: Moment, until: Moment, ctx: &JobCtx) -> Outcome<Self> {
        if until <= from {
            return Ok(Self::default());
        }
        let measured = ticks(snapshot, from, until, ctx)?;
        let begun = measured.at.first().map_or(until, |first| *first);
        let before = (begun > from).then_some((from, begun));
        let gaps = between(snapshot, &measured, from, until)?;
        let within = gaps.iter().map(|gap| (gap.span.from.timestamp_millis().max(from), gap.span.until.timestamp_millis().min(until)));
        let span =
            |(from, until)| Some(TimeSpan { from: Instant::from_timestamp_millis(from)?, until: Instant::from_timestamp_millis(until)? });
        Ok(Self { spans: before.into_iter().chain(within).filter_map(span).collect(), ticks: measured.at })
    }

    /// True where a moment lies in a stretch in which nobody measured; at its end somebody may.
    pub fn covers(&self, moment: Moment) -> bool {
        let next = self.spans.partition_point(|span| span.until.timestamp_millis() < moment);
        let inside = self.spans.get(next).is_some_and(|span| span.from.timestamp_millis() < moment);
        inside && self.ticks.binary_search(&moment).is_err()
    }
}

/// When somebody measured: the last time before a stretch, and each time in it.
fn ticks(snapshot: &Snapshot, from: Moment, until: Moment, ctx: &JobCtx) -> Outcome<Measured> {
    let matchers = [Matcher { label: NAME.to_owned(), test: Test::Is(COLLECTING.to_owned()) }];
    if until <= from || snapshot.series(&matchers).is_empty() {
        return Ok(Measured::default());
    }
    let mut measured = measured(snapshot, &matchers, from - LOOK_BACK, until, ctx)?;
    if measured.at.first().is_none_or(|first| *first > from) {
        let before = self::measured(snapshot, &matchers, from - FAR, from - LOOK_BACK, ctx)?;
        measured.at.splice(0..0, before.at.last().copied());
    }
    Ok(measured)
}

fn between(snapshot: &Snapshot, measured: &Measured, from: Moment, until: Moment) -> Outcome<Vec<Gap>> {
    let rhythm = measured.rhythm();
    let ends = measured.at.iter().copied().chain([until]);
    let pairs: Vec<(Moment, Moment)> = measured.at.iter().copied().zip(ends.skip(1)).collect();
    let notices = snapshot.notices()?;
    let mut gaps = Vec::new();
    for (before, after) in pairs {
        let usual = if before <= measured.coarse_until { measured.coarse.max(rhythm) } else { rhythm };
        if (after - before) * 2 <= usual * 5 || after <= from {
            continue;
        }
        let near = |at: Moment| at >= before - AROUND && at <= after + AROUND;
        let said = notices.iter().find(|notice| notice.tone != "ok" && near(notice.at));
        let reason = said.map_or_else(|| "nothing ran that measures".to_owned(), |notice| notice.sentence.clone());
        if let (Some(from), Some(until)) = (Instant::from_timestamp_millis(before), Instant::from_timestamp_millis(after)) {
            gaps.push(Gap { span: TimeSpan { from, until }, reason });
        }
    }
    Ok(gaps)
}

/// Since when somebody measures, seen from a stretch of time.
pub(crate) fn begun_within(snapshot: &Snapshot, from: Moment, until: Moment, ctx: &JobCtx) -> Outcome<Measuring> {
    let matchers = [Matcher { label: NAME.to_owned(), test: Test::Is(COLLECTING.to_owned()) }];
    if !measured(snapshot, &matchers, from - FAR, from, ctx)?.at.is_empty() {
        return Ok(Measuring::Before);
    }
    let first = measured(snapshot, &matchers, from, until, ctx)?.at.first().copied();
    Ok(first.and_then(Instant::from_timestamp_millis).map_or(Measuring::Never, Measuring::Since))
}

/// Since when somebody measures, seen from a stretch of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Measuring {
    /// Since before it.
    Before,
    /// Since a moment in it.
    Since(Instant),
    /// Nobody did, up to its end.
    Never,
}

/// When somebody measured.
#[derive(Default)]
struct Measured {
    at: Vec<Moment>,
    coarse: i64,
    coarse_until: Moment,
}

impl Measured {
    /// How far apart ticks usually are.
    fn rhythm(&self) -> i64 {
        let fine = self.at.windows(2).filter(|pair| pair[0] > self.coarse_until || self.coarse == 0);
        let mut distances: Vec<i64> = fine.map(|pair| pair[1] - pair[0]).collect();
        distances.sort_unstable();
        // A lonely tick says nothing: five minutes are the longest rhythm between collectors of one home.
        distances.get(distances.len() / 2).copied().unwrap_or(LOOK_BACK).clamp(1_000, LOOK_BACK)
    }
}

fn measured(snapshot: &Snapshot, matchers: &[Matcher], after: Moment, until: Moment, ctx: &JobCtx) -> Outcome<Measured> {
    let mut found = Measured { coarse_until: Moment::MIN, ..Measured::default() };
    snapshot.visit(&Wanted { matchers, after, until, facet: Facet::Last }, ctx, &mut |selected| {
        found.at.extend(selected.samples.iter().filter(|sample| !is_stale(sample.value)).map(|sample| sample.at));
        found.coarse = found.coarse.max(selected.coarse);
        found.coarse_until = found.coarse_until.max(selected.coarse_until);
        Ok(())
    })?;
    found.at.sort_unstable();
    found.at.dedup();
    Ok(found)
}
