//! What the product recorded of a window anyway: alerts, backups, drills, smoke tests.

use quarterdeck_model::{
    Instant, JobState, Outcome,
    alert::{AlertEventKind, AlertSeverity},
    drill::DrillOutcome,
    monitor::TimeSpan,
    system::Name,
};
use quarterdeck_readiness::validation::{Measured, Record, Row, Tally};
use quarterdeck_store::{alerts::events, drills, jobs, smoke};

use crate::{Engine, query::gaps::Silence};

/// More records of one kind in a window are not counted apart.
const MOST: u32 = 100_000;

/// The records of a system in a window: what is of its first moment belongs to the time before.
pub(super) struct Records<'a> {
    pub engine: &'a Engine,
    pub system: &'a Name,
    pub from: Instant,
    pub until: Instant,
}

/// How many went well, out of how many, and what is not recorded any more.
struct Counted {
    good: u64,
    all: u64,
    forgotten: Vec<TimeSpan>,
}

impl Records<'_> {
    /// Of backups, drills and smoke tests each is recorded, whoever measures; alerts fire only while somebody evaluates rules.
    #[allow(clippy::cast_precision_loss)] // counts
    pub fn measure(&self, record: Record, row: &Row, silence: &Silence) -> Outcome<Measured> {
        if matches!(record, Record::Alerts | Record::CriticalAlerts) {
            let count = self.alerts(record == Record::CriticalAlerts)?;
            let gaps = if count.is_some() { silence.spans.clone() } else { self.whole() };
            return Ok(self.measured(Some(count.unwrap_or(0) as f64), row, gaps, None));
        }
        let Counted { good, all, forgotten } = match record {
            Record::Backups => self.backups()?,
            Record::Drills => self.drills()?,
            _ => self.smoke()?,
        };
        Ok(self.measured((all > 0).then(|| good as f64 / all as f64), row, forgotten, Some(all)))
    }

    /// How many alerts began to fire, or how many critical ones; none where rules were never evaluated.
    pub fn alerts(&self, critical: bool) -> Outcome<Option<u64>> {
        let Some(file) = self.engine.alerting().known(self.engine)? else { return Ok(None) };
        let wanted = events::Wanted {
            system: Some(self.system.as_str()),
            from: Some(self.from),
            until: Some(self.until),
            most: MOST,
            ..events::Wanted::default()
        };
        let found = file.read(|c| events::list(c, &wanted))?;
        let fired = found.iter().filter(|(_, event)| event.kind == AlertEventKind::Firing && self.has(event.at));
        Ok(Some(fired.filter(|(_, event)| !critical || event.severity == AlertSeverity::Critical).count() as u64))
    }

    /// Backups that ended in the window: those that succeeded, and all that were not cancelled by somebody.
    fn backups(&self) -> Outcome<Counted> {
        let found = self.engine.store().read(|c| jobs::between(c, Some(self.system), self.from, self.until, MOST))?;
        let ended = found.iter().filter(|job| job.operation == "backup_system" && job.finished_at.is_some_and(|at| self.has(at)));
        let states: Vec<JobState> = ended.map(|job| job.state).filter(|state| *state != JobState::Cancelled).collect();
        Ok(Counted::of(&states, |state| *state == JobState::Succeeded))
    }

    /// Drills that began in the window and came to something.
    fn drills(&self) -> Outcome<Counted> {
        let found = self.engine.store().read(|c| drills::list(c, self.system, MOST))?;
        let inside = found.iter().filter(|drill| self.has(drill.started_at)).map(|drill| drill.outcome);
        let outcomes: Vec<_> = inside.filter(|outcome| !matches!(outcome, DrillOutcome::Running | DrillOutcome::Unfinished)).collect();
        Ok(Counted::of(&outcomes, |outcome| *outcome == DrillOutcome::Passed))
    }

    /// Smoke tests that were asked in the window; of each only so many are kept.
    fn smoke(&self) -> Outcome<Counted> {
        let ((good, all), since) = self
            .engine
            .store()
            .read(|c| Ok((smoke::between(c, self.system, self.from, self.until)?, smoke::forgotten_until(c, self.system)?)))?;
        let until = since.filter(|since| *since > self.from).map(|since| since.min(self.until));
        let forgotten = until.map(|until| TimeSpan { from: self.from, until }).into_iter().collect();
        Ok(Counted { good, all, forgotten })
    }

    fn measured(&self, value: Option<f64>, row: &Row, gaps: Vec<TimeSpan>, of: Option<u64>) -> Measured {
        let mut tally = Tally::default();
        tally.add(self.until, value.as_slice(), &row.expect);
        Measured { tally, share: self.share(&gaps), gaps, of }
    }

    /// The share of the window without gaps; zero of a window without length.
    #[allow(clippy::cast_precision_loss)] // milliseconds of a window
    fn share(&self, gaps: &[TimeSpan]) -> f64 {
        let whole = (self.until - self.from).num_milliseconds();
        let missing: i64 = gaps.iter().map(|gap| (gap.until - gap.from).num_milliseconds()).sum();
        if whole <= 0 { 0.0 } else { ((whole - missing).max(0)) as f64 / whole as f64 }
    }

    fn has(&self, at: Instant) -> bool {
        at > self.from && at <= self.until
    }

    fn whole(&self) -> Vec<TimeSpan> {
        if self.until > self.from { vec![TimeSpan { from: self.from, until: self.until }] } else { Vec::new() }
    }
}

impl Counted {
    fn of<T>(all: &[T], good: impl Fn(&T) -> bool) -> Self {
        Self { good: all.iter().filter(|one| good(one)).count() as u64, all: all.len() as u64, forgotten: Vec::new() }
    }
}
