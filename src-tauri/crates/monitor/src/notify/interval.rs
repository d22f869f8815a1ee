//! Times of the week, the month and the year, as Alertmanager's `time_intervals` have them.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, Local, NaiveDateTime, Timelike, Utc};
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
            && self.days_of_month.as_ref().is_none_or(|days| is_day(days, shown))
            && within(&self.months, number(shown.month()))
            && within(&self.weekdays, number(shown.weekday().num_days_from_sunday()))
            && within(&self.years, shown.year())
    }
}

fn holds(spans: &[Span], value: i32) -> bool {
    spans.iter().any(|(from, until)| (*from..=*until).contains(&value))
}

/// Negative days are counted from the month's end; what begins behind it is not in this month.
fn is_day(spans: &[Span], shown: NaiveDateTime) -> bool {
    let [day, last] = [shown.day(), u32::from(shown.num_days_in_month())].map(|days| i32::try_from(days).unwrap_or(31));
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

/// When it will be so again, or no longer so: the first whole minute behind `at` and within a year of it at which `asked` answers otherwise
/// than at `at`. Times of an interval change on whole minutes only.
pub fn changes(at: Moment, asked: impl Fn(Moment) -> bool) -> Option<Moment> {
    const MINUTE: Moment = 60_000;
    // In steps of a quarter of an hour, then by the minute: no interval of ours is passed over, except one that is shorter than a step
    // and does not begin on one. Those are found by the minute within the first two days.
    let (now, next) = (asked(at), (at.div_euclid(MINUTE) + 1) * MINUTE);
    let by_minute = (next..next + 2 * 1_440 * MINUTE).step_by(60_000).find(|moment| asked(*moment) != now);
    by_minute.or_else(|| {
        let aligned = (next + 2 * 1_440 * MINUTE).div_euclid(15 * MINUTE) * 15 * MINUTE;
        let coarse = (aligned..aligned + 366 * 1_440 * MINUTE).step_by(15 * 60_000).find(|moment| asked(*moment) != now)?;
        (coarse - 15 * MINUTE + MINUTE..=coarse).step_by(60_000).find(|moment| asked(*moment) != now)
    })
}
