//! Times of the week, the month and the year, as Alertmanager's `time_intervals` have them.

pub mod words;

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Local, NaiveDate, NaiveDateTime, Timelike, Utc};
use chrono_tz::Tz;

use super::route::Route;
use crate::sample::Moment;

/// Where a clock hangs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Zone {
    /// A zone by its IANA name; `UTC` is one.
    Named(Tz),
    /// The zone of this machine.
    Machine,
}

impl Zone {
    /// By its name: `Local` is the machine's own, nothing is UTC.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "" => Some(Self::Named(Tz::UTC)),
            "Local" => Some(Self::Machine),
            name => name.parse().ok().map(Self::Named),
        }
    }

    /// What its clock shows at a moment.
    pub fn shown(self, at: Moment) -> NaiveDateTime {
        let at = DateTime::<Utc>::from_timestamp_millis(at).unwrap_or_default();
        match self {
            Self::Named(zone) => at.with_timezone(&zone).naive_local(),
            Self::Machine => at.with_timezone(&Local).naive_local(),
        }
    }
}

/// From the first to the last, both within.
pub type Span = (i32, i32);

/// A stretch of time that comes again. Everything that is given must hold; a list that is given and empty never does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TimeInterval {
    /// Minutes of the day; the last one is not within.
    pub times: Option<Vec<Span>>,
    /// Sunday is 0.
    pub weekdays: Option<Vec<Span>>,
    /// From 1; -1 is the last day of the month.
    pub days_of_month: Option<Vec<Span>>,
    /// From 1.
    pub months: Option<Vec<Span>>,
    /// As people count them.
    pub years: Option<Vec<Span>>,
    /// Whose clock; UTC where none is given.
    pub zone: Option<Zone>,
}

impl TimeInterval {
    /// True while a moment is within.
    pub fn contains(&self, at: Moment) -> bool {
        let shown = self.zone.unwrap_or(Zone::Named(Tz::UTC)).shown(at);
        let number = |value: u32| i32::try_from(value).unwrap_or(i32::MAX);
        let within = |spans: &Option<Vec<Span>>, value: i32| spans.as_ref().is_none_or(|spans| holds(spans, value));
        let minute = number(shown.hour() * 60 + shown.minute());
        self.times.as_ref().is_none_or(|times| times.iter().any(|(from, until)| (*from..*until).contains(&minute)))
            && self.days_of_month.as_ref().is_none_or(|days| is_day_of_month(days, shown.date()))
            && within(&self.months, number(shown.month()))
            && within(&self.weekdays, number(shown.weekday().num_days_from_sunday()))
            && within(&self.years, shown.year())
    }
}

fn holds(spans: &[Span], value: i32) -> bool {
    spans.iter().any(|(from, until)| (*from..=*until).contains(&value))
}

/// True on these days of a month. Negative ones are counted from its end; what begins behind it is not in this month.
pub fn is_day_of_month(spans: &[Span], day: NaiveDate) -> bool {
    let [day, last] = [day.day(), u32::from(day.num_days_in_month())].map(|days| i32::try_from(days).unwrap_or(31));
    let counted = |day: i32| if day < 0 { last + day + 1 } else { day };
    spans.iter().map(|(from, until)| (counted(*from), counted(*until))).any(|(from, until)| from <= day && day <= until.min(last))
}

/// All intervals of a configuration by their names.
pub type Intervals = BTreeMap<String, Vec<TimeInterval>>;

/// What keeps a route quiet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Quiet {
    /// These of its `mute_time_intervals` hold.
    Muted(Vec<String>),
    /// None of these, its `active_time_intervals`, holds.
    Inactive(Vec<String>),
}

/// What keeps a route quiet at a moment, if anything does. Names that are not defined hold never.
pub fn quiet(route: &Route, intervals: &Intervals, at: Moment) -> Option<Quiet> {
    let holding = |names: &[String]| -> Vec<String> {
        let holds = |name: &&String| intervals.get(*name).is_some_and(|all| all.iter().any(|one| one.contains(at)));
        names.iter().filter(holds).cloned().collect()
    };
    if !route.active.is_empty() && holding(&route.active).is_empty() {
        return Some(Quiet::Inactive(route.active.clone()));
    }
    let muting = holding(&route.mute);
    (!muting.is_empty()).then_some(Quiet::Muted(muting))
}

#[cfg(test)]
mod tests;
