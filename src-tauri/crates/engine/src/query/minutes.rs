//! Minutes of a time, counted from its beginning; what is left of one at its end is not looked at.

use quarterdeck_model::{Instant, monitor::TimeSpan};
use quarterdeck_monitor::sample::Moment;

/// Between two values.
pub(crate) const MINUTE: i64 = 60_000;

/// So many minutes are evaluated at once.
const DAY: usize = 1_440;

/// Some minutes of a time; each is known by the moment of its end.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Minutes {
    from: Moment,
    marked: Vec<bool>,
}

impl Minutes {
    /// A time without a marked minute.
    pub fn none(from: Moment, until: Moment) -> Self {
        Self { from, marked: vec![false; usize::try_from((until - from) / MINUTE).unwrap_or(0)] }
    }

    /// The end of each minute, marked or not.
    pub fn ends(&self) -> impl Iterator<Item = Moment> + use<> {
        let from = self.from;
        (1_i64..).take(self.marked.len()).map(move |minute| from + minute * MINUTE)
    }

    /// The first and the last minute of each day.
    pub fn days(&self) -> impl Iterator<Item = (Moment, Moment)> + use<> {
        let ends: Vec<Moment> = self.ends().collect();
        let days: Vec<_> = ends.chunks(DAY).map(|day| (day[0], day[day.len() - 1])).collect();
        days.into_iter()
    }

    /// Marks the minute that ends at a moment.
    pub fn mark(&mut self, end: Moment) {
        if let Some(minute) = self.place(end) {
            self.marked[minute] = true;
        }
    }

    /// Marks those with such an end, too.
    pub fn marked(mut self, such: impl Fn(Moment) -> bool) -> Self {
        self.ends().filter(|end| such(*end)).for_each(|end| self.mark(end));
        self
    }

    /// True where the minute that ends then is marked.
    pub fn has(&self, end: Moment) -> bool {
        self.place(end).is_some_and(|minute| self.marked[minute])
    }

    /// Those that are marked in both.
    pub fn and(&self, other: &Self) -> Self {
        self.with(other, |one, other| one && other)
    }

    /// Those that are marked in one of them.
    pub fn or(&self, other: &Self) -> Self {
        self.with(other, |one, other| one || other)
    }

    /// The share that is marked; zero of a time that is shorter than a minute.
    #[allow(clippy::cast_precision_loss)] // minutes
    pub fn share(&self) -> f64 {
        let marked = self.marked.iter().filter(|marked| **marked).count();
        if self.marked.is_empty() { 0.0 } else { marked as f64 / self.marked.len() as f64 }
    }

    /// Stretches of minutes that are not marked.
    pub fn gaps(&self) -> Vec<TimeSpan> {
        let minutes: Vec<(Moment, bool)> = self.ends().zip(self.marked.iter().copied()).collect();
        let missing = minutes.chunk_by(|one, other| one.1 == other.1).filter(|stretch| !stretch[0].1);
        let span = |stretch: &[(Moment, bool)]| {
            let (from, until) = (stretch[0].0 - MINUTE, stretch[stretch.len() - 1].0);
            Some(TimeSpan { from: Instant::from_timestamp_millis(from)?, until: Instant::from_timestamp_millis(until)? })
        };
        missing.filter_map(span).collect()
    }

    fn with(&self, other: &Self, join: impl Fn(bool, bool) -> bool) -> Self {
        let marked = self.marked.iter().zip(&other.marked).map(|(one, other)| join(*one, *other)).collect();
        Self { from: self.from, marked }
    }

    fn place(&self, end: Moment) -> Option<usize> {
        let after = end - self.from;
        let minute = usize::try_from(after / MINUTE - 1).ok()?;
        (after % MINUTE == 0 && minute < self.marked.len()).then_some(minute)
    }
}
