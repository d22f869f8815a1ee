//! What a watch has to say, counted again from what was made up, by docs/validation.md and by what Prometheus documents of staleness (five
//! minutes, marks where a series ends) and of `increase` (resets added; extended to the ends of the range, or by half of the mean distance
//! where samples do not come within 1.1 of it, and never below zero of a counter). Nothing of the engine is used here.

use super::made::{MINUTE, Made, Series};

/// Moments, each with the values at it.
type Minutes = Vec<(i64, Vec<f64>)>;

const LOOK_BACK: i64 = 5 * MINUTE;

/// One row, counted again.
#[derive(Debug, Clone, PartialEq)]
pub struct Counted {
    pub actual: Option<f64>,
    pub measured: f64,
    pub gaps: Vec<(i64, i64)>,
    pub worst: Option<i64>,
}

/// The window so far.
pub struct Recount<'m> {
    pub made: &'m Made,
    pub end: i64,
    silences: Vec<(i64, i64)>,
}

impl<'m> Recount<'m> {
    /// As seen at a moment.
    pub fn at(made: &'m Made, now: i64) -> Self {
        let end = now.min(made.until);
        // Somebody measured at ticks; two that are farther apart than 2.5 rhythms have a silence between them.
        let seen: Vec<i64> = made.ticks.iter().copied().filter(|at| *at <= end).collect();
        let mut silences = Vec::new();
        match seen.first() {
            None => silences.push((made.from, end)),
            Some(first) if *first > made.from => silences.push((made.from, *first)),
            Some(_) => {}
        }
        for (at, tick) in seen.iter().enumerate() {
            let next = seen.get(at + 1).copied().unwrap_or(end);
            if (next - tick) * 2 > made.rhythm * 5 && next > made.from {
                silences.push(((*tick).max(made.from), next));
            }
        }
        silences.retain(|(from, until)| until > from);
        Self { made, end, silences }
    }

    pub fn minutes(&self) -> Vec<i64> {
        (1..=(self.end - self.made.from) / MINUTE).map(|n| self.made.from + n * MINUTE).collect()
    }

    fn is_silent(&self, at: i64) -> bool {
        self.silences.iter().any(|(from, until)| *from < at && at <= *until) && self.made.ticks.binary_search(&at).is_err()
    }

    pub fn series(&self, name: &str) -> Vec<&'m Series> {
        self.made.series.iter().filter(|series| series.name == name && series.labels[0].1 == "shop").collect()
    }

    /// The newest value of a series that is not too old and after which the series did not end.
    pub fn value(&self, series: &Series, at: i64) -> Option<f64> {
        let (last, value) = series.samples.range(..=at).next_back()?;
        let next = self.made.ticks.get(self.made.ticks.partition_point(|tick| tick <= last)).copied();
        let ended = next.is_some_and(|next| {
            // The collectors came without it; or nobody came for so long that it ended one rhythm later.
            let silent = (next - last) * 2 > self.made.rhythm * 5;
            let mark = if silent { last + self.made.rhythm } else { next };
            (silent || !series.samples.contains_key(&next)) && mark <= at
        });
        (at - last < LOOK_BACK && !ended && !value.is_nan()).then_some(*value)
    }

    /// `increase(series[range])` at a moment.
    pub fn increase(&self, series: &Series, at: i64, range: i64) -> Option<f64> {
        let inside: Vec<(f64, f64)> =
            series.samples.range(at - range + 1..=at).map(|(moment, value)| ((moment - (at - range)) as f64 / 1e3, *value)).collect();
        let (&(first, begin), &(last, end)) = (inside.first()?, inside.last()?);
        if inside.len() < 2 {
            return None;
        }
        let mut gained = end - begin;
        for pair in inside.windows(2) {
            if pair[1].1 < pair[0].1 {
                gained += pair[0].1;
            }
        }
        let whole = range as f64 / 1e3;
        let (mean, length) = ((last - first) / (inside.len() - 1) as f64, last - first);
        let mut before = if first < mean * 1.1 { first } else { mean / 2.0 };
        let after = if whole - last < mean * 1.1 { whole - last } else { mean / 2.0 };
        if gained > 0.0 && begin >= 0.0 {
            before = before.min(length * begin / gained);
        }
        Some(gained * ((length + before + after) / length))
    }

    /// All numbers of a series in the last `range`.
    pub fn range(&self, series: &Series, at: i64, range: i64) -> Vec<f64> {
        series.samples.range(at - range + 1..=at).map(|(_, value)| *value).collect()
    }

    /// The range of `$window`: whole seconds.
    pub fn window(&self) -> i64 {
        ((self.end - self.made.from) / 1_000).max(1) * 1_000
    }

    /// A query for each minute: its values at each, and which minutes everything is there that it rests on.
    pub fn each(&self, values: impl Fn(i64) -> Vec<f64>, rests_on: &[&str]) -> (Minutes, f64, Vec<(i64, i64)>) {
        let answered = |at: i64| if self.is_silent(at) { Vec::new() } else { values(at) };
        let all: Vec<(i64, Vec<f64>)> = self.minutes().into_iter().map(|at| (at, answered(at))).collect();
        let seen: Vec<bool> = all.iter().map(|(at, values)| !values.is_empty() && self.is_grounded(*at, rests_on)).collect();
        let (share, gaps) = self.covered(&seen);
        (all.into_iter().filter(|(_, values)| !values.is_empty()).collect(), share, gaps)
    }

    /// The minutes at whose end all these have a value.
    pub fn once(&self, rests_on: &[&str]) -> (f64, Vec<(i64, i64)>) {
        let seen: Vec<bool> = self.minutes().into_iter().map(|at| self.is_grounded(at, rests_on)).collect();
        self.covered(&seen)
    }

    fn is_grounded(&self, at: i64, rests_on: &[&str]) -> bool {
        let has = |name: &&str| self.series(name).iter().any(|series| self.value(series, at).is_some());
        !self.is_silent(at) && rests_on.iter().all(has)
    }

    fn covered(&self, seen: &[bool]) -> (f64, Vec<(i64, i64)>) {
        let mut gaps: Vec<(i64, i64)> = Vec::new();
        for (at, _) in self.minutes().into_iter().zip(seen).filter(|(_, seen)| !**seen) {
            match gaps.last_mut().filter(|gap| gap.1 == at - MINUTE) {
                Some(gap) => gap.1 = at,
                None => gaps.push((at - MINUTE, at)),
            }
        }
        let count = seen.iter().filter(|seen| **seen).count();
        (if seen.is_empty() { 0.0 } else { count as f64 / seen.len() as f64 }, gaps)
    }

    /// Alerts that began to fire, and how much of the window somebody measured.
    pub fn alerts(&self, critical: bool) -> Counted {
        let inside = |at: i64| at > self.made.from && at <= self.end;
        let fired = self.made.alerts.iter().filter(|alert| alert.system == "shop" && alert.begins && inside(alert.at));
        let count = fired.filter(|alert| !critical || alert.critical).count();
        let (whole, silent) = (self.end - self.made.from, self.silences.iter().map(|(from, until)| until - from).sum::<i64>());
        let measured = if whole == 0 { 0.0 } else { (whole - silent) as f64 / whole as f64 };
        Counted { actual: Some(count as f64), measured, gaps: self.silences.clone(), worst: None }
    }

    /// The share of records that went well.
    pub fn share(&self, kind: &str, good: &str, not: &[&str]) -> Counted {
        let all = self.made.records.iter().filter(|one| one.kind == kind && one.at > self.made.from && one.at <= self.end);
        let all: Vec<&str> = all.map(|one| one.word).filter(|word| !not.contains(word)).collect();
        let well = all.iter().filter(|word| **word == good).count();
        let measured = if self.end > self.made.from { 1.0 } else { 0.0 };
        Counted { actual: (!all.is_empty()).then(|| well as f64 / all.len() as f64), measured, gaps: Vec::new(), worst: None }
    }
}
