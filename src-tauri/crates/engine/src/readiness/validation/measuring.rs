//! What series say of a window: a value for each minute, and which minutes were measured.

use std::collections::BTreeMap;

use quarterdeck_model::{Instant, JobCtx, Outcome, system::Name};
use quarterdeck_monitor::{
    promql::{self, Grounds},
    sample::Moment,
    series::Snapshot,
    source::Source as _,
};
use quarterdeck_readiness::validation::{Measure, Measured, Over, Row, Tally};

use super::{
    drawn::Lines,
    minutes::{MINUTE, Minutes},
    records::Records,
};
use crate::{Engine, health::figures, query::gaps::Silence};

/// So much is evaluated at once, in milliseconds.
const PART: i64 = 86_400_000;

/// Which share of a time was measured, of everything that a query rests on: 0 to 1.
pub(crate) fn share_measured(
    engine: &Engine,
    system: &Name,
    query: &promql::Query,
    (from, until): (Instant, Instant),
    ctx: &JobCtx,
) -> Outcome<f64> {
    let window = Window::over(engine, system, from, until, ctx)?;
    Ok(window.grounded(&promql::grounds(query))?.share())
}

/// A window of a system, and what is there to measure it with.
pub(super) struct Window<'a> {
    system: &'a Name,
    from: Instant,
    until: Instant,
    series: Snapshot,
    silence: Silence,
    records: Records<'a>,
    ctx: &'a JobCtx,
}

impl<'a> Window<'a> {
    /// `until` is not before `from`.
    pub(super) fn over(engine: &'a Engine, system: &'a Name, from: Instant, until: Instant, ctx: &'a JobCtx) -> Outcome<Self> {
        let series = engine.series().snapshot()?;
        let silence = Silence::over(&series, from.timestamp_millis(), until.timestamp_millis(), ctx)?;
        Ok(Self { system, from, until, series, silence, records: Records { engine, system, from, until }, ctx })
    }

    /// A fault of the query itself (`bad-query`, `query-failed`) is about this row only.
    pub(super) fn measure(&self, row: &Row) -> Outcome<Measured> {
        match &row.measure {
            Measure::Query(query, Over::Window) => self.once(query, row),
            Measure::Query(query, _) => self.each_minute(query, row),
            Measure::Record(record) => self.records.measure(*record, row, &self.silence),
        }
    }

    /// The query at the end of the window, with its length put in. Measured are the minutes in which its series had values: however long the
    /// range, what was not measured is not in it.
    fn once(&self, query: &str, row: &Row) -> Outcome<Measured> {
        let seconds = (self.until - self.from).num_seconds().max(1);
        let query = query.replace("$window", &format!("{seconds}s"));
        let found = figures::instant(&self.series, &query, self.until, self.system.as_str(), self.ctx)?;
        let mut tally = Tally::default();
        tally.add(self.until, &found.into_iter().map(|(_, value)| value).collect::<Vec<_>>(), &row.expect);
        Ok(self.measured(tally, &self.grounded(&promql::grounds(&promql::parse(&query)?))?))
    }

    /// The query at the end of each step of the window, series by series.
    pub(super) fn lines(&self, query: &str, step: i64) -> Outcome<Lines> {
        let (query, until) = (promql::parse(query)?, self.until.timestamp_millis());
        let mut lines: Lines = Vec::new();
        let mut begin = self.from.timestamp_millis() + step;
        while begin <= until {
            let end = until.min(begin + (PART / step).max(1) * step - step);
            for (labels, samples) in figures::range_of(&self.series, &query, (begin, end), step, self.system.as_str(), self.ctx)? {
                match lines.iter_mut().find(|(known, _)| *known == labels) {
                    Some((_, known)) => known.extend(samples),
                    None => lines.push((labels, samples)),
                }
            }
            begin = end + step;
        }
        Ok(lines)
    }

    /// The query at the end of each minute of the window, a day at a time: what is held in memory does not grow with the window.
    fn each_minute(&self, query: &str, row: &Row) -> Outcome<Measured> {
        let query = promql::parse(query)?;
        let mut answered = self.minutes();
        let (known, mut tally) = (self.known(), Tally::default());
        for part in known.days() {
            let mut values: BTreeMap<Moment, Vec<f64>> = BTreeMap::new();
            for (_, samples) in figures::range_of(&self.series, &query, part, MINUTE, self.system.as_str(), self.ctx)? {
                let samples = samples.iter().filter(|sample| known.has(sample.at));
                samples.for_each(|sample| values.entry(sample.at).or_default().push(sample.value));
            }
            for (at, values) in values {
                answered.mark(at);
                if let Some(at) = Instant::from_timestamp_millis(at) {
                    tally.add(at, &values, &row.expect);
                }
            }
        }
        Ok(self.measured(tally, &answered.and(&self.grounded(&promql::grounds(&query))?)))
    }

    fn measured(&self, tally: Tally, minutes: &Minutes) -> Measured {
        Measured { tally, share: minutes.share(), gaps: minutes.gaps(), of: None }
    }

    /// The minutes at whose end everything has a value that a query rests on.
    fn grounded(&self, grounds: &Grounds) -> Outcome<Minutes> {
        match grounds {
            Grounds::Nothing => Ok(self.known()),
            Grounds::Series(query) => {
                let (known, mut minutes) = (self.known(), self.minutes());
                for part in known.days() {
                    for (_, samples) in figures::range_of(&self.series, query, part, MINUTE, self.system.as_str(), self.ctx)? {
                        samples.iter().filter(|sample| known.has(sample.at)).for_each(|sample| minutes.mark(sample.at));
                    }
                }
                Ok(minutes)
            }
            Grounds::All(parts) => parts.iter().try_fold(self.known(), |all, part| Ok(all.and(&self.grounded(part)?))),
            Grounds::Any(parts) => parts.iter().try_fold(self.minutes(), |any, part| Ok(any.or(&self.grounded(part)?))),
        }
    }

    /// The minutes at whose end somebody measured, and of which single samples are still kept.
    fn known(&self) -> Minutes {
        let mut minutes = self.minutes();
        let kept = |at: &Moment| !self.silence.covers(*at) && self.series.coarsest(at - MINUTE) == 0;
        minutes.ends().filter(kept).for_each(|at| minutes.mark(at));
        minutes
    }

    /// No minute of the window.
    fn minutes(&self) -> Minutes {
        Minutes::none(self.from.timestamp_millis(), self.until.timestamp_millis())
    }
}
