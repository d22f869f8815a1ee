//! A month as people name it.

use chrono::{DateTime, Datelike, Months, NaiveDate, NaiveTime};
use quarterdeck_model::{Fault, Instant, Outcome, monitor::TimeSpan};
use serde::Serialize;

/// A month by UTC, as far as it has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Month {
    /// `2026-11`
    pub key: String,
    /// `November 2026`
    pub name: String,
    /// Its first moment.
    pub from: Instant,
    /// The first moment behind it, or now where it is not over.
    pub until: Instant,
    /// True where it is over.
    pub over: bool,
    /// How many days it has, whole.
    pub days: u32,
}

impl Month {
    /// The month of that name, or the present one. Faults `bad-month`, `month-to-come`.
    pub fn of(text: Option<&str>, now: Instant) -> Outcome<Self> {
        let first = match text {
            Some(text) => first_of(text).ok_or_else(|| {
                Fault::usage("bad-month", format!("{text:?} is no month.")).hint("Write year and month, such as: 2026-11")
            })?,
            None => now.date_naive().with_day(1).unwrap_or(now.date_naive()),
        };
        let next = first.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX);
        let (from, end) = (midnight(first), midnight(next));
        if from > now {
            return Err(Fault::refused("month-to-come", format!("{} has not begun.", first.format("%B %Y"))).hint("Name a month that has."));
        }
        Ok(Self {
            key: first.format("%Y-%m").to_string(),
            name: first.format("%B %Y").to_string(),
            from,
            until: end.min(now),
            over: end <= now,
            days: u32::try_from((next - first).num_days()).unwrap_or(31),
        })
    }

    /// True where the moment lies in it; its end does not.
    pub fn holds(&self, at: Instant) -> bool {
        at >= self.from && at < self.until
    }

    /// The day of a moment in it, from 0.
    pub fn day(&self, at: Instant) -> usize {
        usize::try_from(at.day0()).unwrap_or_default()
    }

    /// Days that have begun.
    pub fn elapsed_days(&self) -> usize {
        usize::try_from((self.until - self.from).num_milliseconds().div_euclid(86_400_000) + 1).unwrap_or_default().min(self.days as usize)
    }

    /// The stretch that counts.
    pub fn span(&self) -> TimeSpan {
        TimeSpan { from: self.from, until: self.until }
    }
}

fn first_of(text: &str) -> Option<NaiveDate> {
    let (year, month) = text.split_once('-')?;
    let figures = |text: &str, many: usize| text.len() == many && text.bytes().all(|byte| byte.is_ascii_digit());
    if !figures(year, 4) || !figures(month, 2) {
        return None;
    }
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, 1)
}

fn midnight(day: NaiveDate) -> Instant {
    DateTime::from_naive_utc_and_offset(day.and_time(NaiveTime::MIN), chrono::Utc)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        DateTime::parse_from_rfc3339(text).unwrap().into()
    }

    #[test]
    fn a_month_begins_and_ends_by_utc() {
        let now = at("2026-11-23T12:00:00Z");
        let february = Month::of(Some("2024-02"), now).unwrap();
        assert_eq!((february.from, february.until), (at("2024-02-01T00:00:00Z"), at("2024-03-01T00:00:00Z")));
        assert_eq!((february.days, february.over, february.name.as_str()), (29, true, "February 2024"));
        assert!(february.holds(at("2024-02-29T23:59:59.999Z")) && !february.holds(february.until));
        let present = Month::of(None, now).unwrap();
        assert_eq!((present.key.as_str(), present.until, present.over), ("2026-11", now, false));
        assert!(Month::of(Some("2026-12"), at("2027-01-01T00:00:00Z")).unwrap().over);
    }

    #[test]
    fn what_is_no_month_is_refused() {
        let now = at("2026-11-23T12:00:00Z");
        for text in
            ["2026-13", "2026-00", "2026", "11-2026", "2026-1", "+026-11", "2026-11-01", "November", "\u{202e}2026-11", "9999999-01"]
        {
            assert!(Month::of(Some(text), now).unwrap_err().is("bad-month"), "{text}");
        }
        assert!(Month::of(Some("2026-12"), now).unwrap_err().is("month-to-come"));
        assert!(Month::of(Some("9999-12"), now).unwrap_err().is("month-to-come"));
        assert!(Month::of(Some("0001-01"), now).unwrap().over);
    }
}
