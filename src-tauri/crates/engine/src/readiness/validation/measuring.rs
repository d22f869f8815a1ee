//! What series and records say of a window.

use std::collections::BTreeSet;

use quarterdeck_model::{
    Instant, JobCtx, JobState, Outcome,
    alert::{AlertEventKind, AlertSeverity},
    drill::DrillOutcome,
    monitor::TimeSpan,
    system::Name,
};
use quarterdeck_monitor::series::Snapshot;
use quarterdeck_readiness::validation::{Measure, Measured, Over, Record};
use quarterdeck_store::{alerts::events, drills, jobs, smoke};

use super::drawn::Lines;
use crate::{Engine, health::figures, query::gaps};

/// Between two values.
pub(super) const STEP: i64 = 60_000;

/// A day at a time: what is held in memory does not grow with the window.
const PART: i64 = 86_400_000;

/// More records of one kind in a window are not counted apart.
const MOST: u32 = 100_000;

/// A window of a system, and what is there to measure it with.
pub(super) struct Window<'a> {
    engine: &'a Engine,
    system: &'a Name,
    from: Instant,
    until: Instant,
    series: Snapshot,
    gaps: Vec<TimeSpan>,
    ctx: &'a JobCtx,
}

impl<'a> Window<'a> {
    pub(super) fn over(engine: &'a Engine, system: &'a Name, from: Instant, until: Instant, ctx: &'a JobCtx) -> Outcome<Self> {
        let series = engine.series().snapshot()?;
        let gaps = gaps::of(&series, from.timestamp_millis(), until.timestamp_millis(), ctx)?;
        let inside = |gap: TimeSpan| TimeSpan { from: gap.from.max(from), until: gap.until.min(until) };
        let gaps = gaps.into_iter().map(|gap| inside(gap.span)).collect();
        Ok(Self { engine, system, from, until, series, gaps, ctx })
    }

    pub(super) fn measure(&self, measure: &Measure) -> Outcome<Measured> {
        match measure {
            Measure::Query(query, Over::Window) => self.once(query),
            Measure::Query(query, _) => self.each_minute(query),
            Measure::Record(record) => self.count(*record),
        }
    }

    /// The query at the end of the window, with its length put in.
    fn once(&self, query: &str) -> Outcome<Measured> {
        let seconds = ((self.until - self.from).num_seconds()).max(1);
        let query = query.replace("$window", &format!("{seconds}s"));
        let found = figures::instant(&self.series, &query, self.until, self.system.as_str(), self.ctx)?;
        let values = found.into_iter().map(|(_, value)| (self.until, value)).collect();
        Ok(Measured { values, share: self.seen(), gaps: self.gaps.clone(), of: None })
    }

    /// The query at the end of each step of the window, series by series.
    pub(super) fn lines(&self, query: &str, step: i64) -> Outcome<Lines> {
        let mut lines: Lines = Vec::new();
        self.parts(query, step, &mut |found| {
            for (labels, samples) in found {
                match lines.iter_mut().find(|(known, _)| *known == labels) {
                    Some((_, known)) => known.extend(samples),
                    None => lines.push((labels, samples)),
                }
            }
        })?;
        Ok(lines)
    }

    fn parts(&self, query: &str, step: i64, take: &mut dyn FnMut(Lines)) -> Outcome<()> {
        let (from, until) = (self.from.timestamp_millis(), self.until.timestamp_millis());
        let part = (PART / step).max(1) * step;
        let mut begin = from + step;
        while begin <= until {
            let end = until.min(begin + part - step);
            take(figures::range(&self.series, query, (begin, end), step, self.system.as_str(), self.ctx)?);
            begin += part;
        }
        Ok(())
    }

    /// The query at the end of each minute of the window.
    #[allow(clippy::cast_precision_loss)] // minutes of a window
    fn each_minute(&self, query: &str) -> Outcome<Measured> {
        let steps = (self.until.timestamp_millis() - self.from.timestamp_millis()) / STEP;
        let mut values: Vec<(Instant, f64)> = Vec::new();
        self.parts(query, STEP, &mut |found| {
            for (_, samples) in found {
                values.extend(samples.iter().filter_map(|sample| Some((Instant::from_timestamp_millis(sample.at)?, sample.value))));
            }
        })?;
        values.sort_by_key(|(at, _)| *at);
        let measured = values.iter().map(|(at, _)| *at).collect::<BTreeSet<_>>();
        let share = if steps == 0 { 0.0 } else { measured.len() as f64 / steps as f64 };
        let gaps = self.missing(&measured, steps);
        Ok(Measured { values, share, gaps, of: None })
    }

    /// Stretches of minutes without a value.
    fn missing(&self, measured: &BTreeSet<Instant>, steps: i64) -> Vec<TimeSpan> {
        let mut gaps: Vec<TimeSpan> = Vec::new();
        let minute = chrono::TimeDelta::milliseconds(STEP);
        let mut at = self.from;
        for _ in 0..steps {
            let end = at + minute;
            if !measured.contains(&end) {
                match gaps.last_mut().filter(|gap| gap.until == at) {
                    Some(gap) => gap.until = end,
                    None => gaps.push(TimeSpan { from: at, until: end }),
                }
            }
            at = end;
        }
        gaps
    }

    /// Share of the window in which somebody measured; none where measuring was never begun.
    #[allow(clippy::cast_precision_loss)] // milliseconds of a window
    fn seen(&self) -> f64 {
        let whole = (self.until - self.from).num_milliseconds().max(1);
        let missing: i64 = self.gaps.iter().map(|gap| (gap.until - gap.from).num_milliseconds()).sum();
        (1.0 - missing as f64 / whole as f64).clamp(0.0, 1.0)
    }

    /// What the product recorded. Of backups, drills and smoke tests every one is recorded, whoever measures; alerts fire only while
    /// somebody evaluates rules.
    fn count(&self, record: Record) -> Outcome<Measured> {
        let alerts = |critical| alerts(self.engine, self.system, self.from, self.until, critical);
        #[allow(clippy::cast_precision_loss)] // a count
        let number = |count: u64| count as f64;
        let (value, share, of) = match record {
            Record::Alerts => (Some(number(alerts(false)?)), self.seen(), None),
            Record::CriticalAlerts => (Some(number(alerts(true)?)), self.seen(), None),
            Record::Backups | Record::Drills | Record::Smoke => {
                let (good, all) = match record {
                    Record::Backups => self.backups()?,
                    Record::Drills => self.drills()?,
                    _ => self.smoke()?,
                };
                ((all > 0).then(|| number(good) / number(all)), 1.0, Some(all))
            }
        };
        let gaps = if share < 1.0 { self.gaps.clone() } else { Vec::new() };
        Ok(Measured { values: value.map(|value| (self.until, value)).into_iter().collect(), share, gaps, of })
    }

    /// Backups that ended in the window: those that succeeded, and all that were not cancelled by somebody.
    fn backups(&self) -> Outcome<(u64, u64)> {
        let found = self.engine.store().read(|c| jobs::between(c, Some(self.system), self.from, self.until, MOST))?;
        let ended = found.iter().filter(|job| job.operation == "backup_system");
        let ended = ended.filter(|job| job.finished_at.is_some_and(|at| at > self.from && at <= self.until));
        let states: Vec<JobState> = ended.map(|job| job.state).filter(|state| *state != JobState::Cancelled).collect();
        let good = states.iter().filter(|state| **state == JobState::Succeeded).count();
        Ok((good as u64, states.len() as u64))
    }

    fn drills(&self) -> Outcome<(u64, u64)> {
        let found = self.engine.store().read(|c| drills::list(c, self.system, MOST))?;
        let inside = found.iter().filter(|drill| drill.started_at > self.from && drill.started_at <= self.until);
        let came_to: Vec<DrillOutcome> = inside
            .map(|drill| drill.outcome)
            .filter(|outcome| !matches!(outcome, DrillOutcome::Running | DrillOutcome::Unfinished))
            .collect();
        let passed = came_to.iter().filter(|outcome| **outcome == DrillOutcome::Passed).count();
        Ok((passed as u64, came_to.len() as u64))
    }

    fn smoke(&self) -> Outcome<(u64, u64)> {
        self.engine.store().read(|c| smoke::between(c, self.system, self.from, self.until))
    }
}

/// How many alerts of a system began to fire, or how many critical ones.
pub(super) fn alerts(engine: &Engine, system: &Name, from: Instant, until: Instant, critical: bool) -> Outcome<u64> {
    let Some(file) = engine.alerting().known(engine)? else { return Ok(0) };
    let wanted =
        events::Wanted { system: Some(system.as_str()), from: Some(from), until: Some(until), most: MOST, ..events::Wanted::default() };
    let found = file.read(|c| events::list(c, &wanted))?;
    let fired = found.iter().filter(|(_, event)| event.kind == AlertEventKind::Firing);
    Ok(fired.filter(|(_, event)| !critical || event.severity == AlertSeverity::Critical).count() as u64)
}
