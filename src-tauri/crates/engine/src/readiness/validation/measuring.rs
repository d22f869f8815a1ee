//! What series say of a window: a value for each minute, and which minutes were measured.

use std::collections::BTreeMap;

use quarterdeck_model::{Instant, JobCtx, Outcome, system::Name};
use quarterdeck_monitor::{promql, sample::Moment, series::Snapshot, source::Source as _};
use quarterdeck_readiness::validation::{Measure, Measured, Over, Row, Tally};

use super::{drawn::Lines, records::Records};
use crate::{
    Engine,
    health::figures,
    query::{
        coverage::Coverage,
        gaps::Silence,
        minutes::{MINUTE, Minutes},
    },
};

/// So much is evaluated at once, in milliseconds.
const PART: i64 = 86_400_000;

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
        Ok(self.measured(tally, &self.grounded(&promql::parse(&query)?)?))
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
        let (mut answered, known, mut tally) = (self.coverage().none(), self.known(), Tally::default());
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
        Ok(self.measured(tally, &answered.and(&self.grounded(&query)?)))
    }

    fn measured(&self, tally: Tally, minutes: &Minutes) -> Measured {
        Measured { tally, share: minutes.share(), gaps: minutes.gaps(), of: None }
    }

    /// The minutes at whose end everything has a value that a query rests on.
    fn grounded(&self, query: &promql::Query) -> Outcome<Minutes> {
        Ok(self.coverage().of(query)?.and(&self.kept()))
    }

    /// The minutes at whose end somebody measured.
    fn known(&self) -> Minutes {
        self.coverage().known().and(&self.kept())
    }

    /// The minutes of which single samples are still kept.
    fn kept(&self) -> Minutes {
        self.coverage().none().marked(|end| self.series.coarsest(end - MINUTE) == 0)
    }

    fn coverage(&self) -> Coverage<'_> {
        let Self { system, series, silence, ctx, .. } = self;
        Coverage { series, silence, system, from: self.from.timestamp_millis(), until: self.until.timestamp_millis(), ctx }
    }
}
