//! Maintenance: quiet that comes back at agreed times.

use std::ops::Range;

use chrono::{DateTime, Datelike, Days, LocalResult, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use quarterdeck_document::findings::Wrong;
use quarterdeck_model::{Fault, Outcome, alert::Maintenance};

use super::matchers;
use crate::{
    labels::Labels,
    notify::{
        config::{days_of_month, minute_of_day, weekdays},
        interval::{Span, is_day_of_month, words},
        matcher::Matchers,
    },
    sample::Moment,
};

/// What begins is looked for so many days ahead: every weekday that is a last day of February comes within this time.
const AHEAD: u64 = 366 * 13;

/// A window that was understood.
#[derive(Debug, Clone, PartialEq)]
pub struct Window {
    /// Its name.
    pub name: String,
    /// All must hold.
    pub matchers: Matchers,
    weekdays: Vec<Span>,
    days_of_month: Vec<Span>,
    /// Minutes of the day. An end that is not behind the beginning is one of the next day.
    from: i32,
    until: i32,
    zone: Tz,
}

impl Window {
    /// Reads a window as people send it. Refuses with `bad-window` or as [`matchers`] does.
    pub fn read(sent: &Maintenance) -> Outcome<Self> {
        let minute = |text: &str| minute_of_day(text).ok_or_else(|| bad(format!("{text:?} is no time of day"), "Write it as in 02:30."));
        let spans = |texts: &[String], read: fn(&str) -> Result<Span, Wrong>| -> Outcome<Vec<Span>> {
            let read = |text: &String| read(&text.to_lowercase()).map_err(|wrong| bad(wrong.message.trim_end_matches('.'), &wrong.hint));
            texts.iter().map(read).collect()
        };
        if sent.name.trim().is_empty() || sent.reason.trim().is_empty() {
            return Err(bad("a name or a reason is missing", "Say what the window is for."));
        }
        let (from, until) = (minute(&sent.from)?, minute(&sent.until)?);
        if from == until || from == 1_440 {
            return Err(bad(
                format!("it would begin at {} and end at {}", sent.from, sent.until),
                "Give it a length; 00:00 to 24:00 is a day.",
            ));
        }
        Ok(Self {
            name: sent.name.clone(),
            matchers: matchers(&sent.matchers)?,
            weekdays: spans(&sent.weekdays, weekdays)?,
            days_of_month: spans(&sent.days_of_month, days_of_month)?,
            from,
            until,
            zone: sent
                .zone
                .parse()
                .map_err(|_| bad(format!("{:?} is no time zone", sent.zone), "Write an IANA name such as Europe/Berlin."))?,
        })
    }

    /// True where it holds an alert with such labels at a moment.
    pub fn holds(&self, labels: &Labels, at: Moment) -> bool {
        self.matchers.hold(labels) && self.begun(at).is_some()
    }

    /// Until when it holds, where it holds at a moment. Windows that meet are one.
    pub fn active_until(&self, at: Moment) -> Option<Moment> {
        let mut until = self.begun(at)?.end;
        while let Some(next) = self.on(self.day_of(until)).filter(|times| times.contains(&until) && times.end > until) {
            until = next.end;
            if until - at > 8 * 86_400_000 {
                break;
            }
        }
        Some(until)
    }

    /// When it begins next, behind a moment; none where it never does.
    pub fn next(&self, at: Moment) -> Option<Moment> {
        let today = self.day_of(at);
        let begins = |ahead: u64| self.on(today.checked_add_days(Days::new(ahead))?).map(|times| times.start);
        (0..AHEAD).filter_map(begins).find(|begin| *begin > at && self.begun(*begin - 1).is_none())
    }

    /// In words: `Mondays to Fridays 22:00 to 02:00, Europe/Berlin`.
    pub fn sentence(&self) -> String {
        let days = words::days(&self.weekdays, &self.days_of_month);
        format!("{days} {} to {}, {}", words::time(self.from), words::time(self.until), self.zone)
    }

    /// The window that holds at a moment: it began today, or on a day before.
    fn begun(&self, at: Moment) -> Option<Range<Moment>> {
        let today = self.day_of(at);
        (0..=2).filter_map(|back| self.on(today.checked_sub_days(Days::new(back))?)).find(|times| times.contains(&at))
    }

    fn day_of(&self, at: Moment) -> NaiveDate {
        DateTime::<Utc>::from_timestamp_millis(at).unwrap_or_default().with_timezone(&self.zone).date_naive()
    }

    /// When it holds, where it begins on that day.
    fn on(&self, day: NaiveDate) -> Option<Range<Moment>> {
        let weekday = i32::try_from(day.weekday().num_days_from_sunday()).ok()?;
        let on_week = self.weekdays.is_empty() || self.weekdays.iter().any(|(from, until)| (*from..=*until).contains(&weekday));
        let on_month = self.days_of_month.is_empty() || is_day_of_month(&self.days_of_month, day);
        if !on_week || !on_month {
            return None;
        }
        let ends = if self.until <= self.from { day.checked_add_days(Days::new(1))? } else { day };
        Some(self.moment(day, self.from)?..self.moment(ends, self.until)?)
    }

    /// What a clock there shows at that minute. A time that the clock passes over is the moment at which it does; of a time that comes
    /// twice it is the first.
    fn moment(&self, day: NaiveDate, minute: i32) -> Option<Moment> {
        let shown = day.and_time(NaiveTime::MIN) + TimeDelta::minutes(i64::from(minute));
        moment_of(self.zone, shown)
    }
}

/// The moment at which a clock in a zone shows a time. A time that the clock passes over is the moment right behind the gap; of a time that
/// comes twice it is the first.
pub fn moment_of(zone: Tz, shown: chrono::NaiveDateTime) -> Option<Moment> {
    match zone.from_local_datetime(&shown) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Some(at.timestamp_millis()),
        LocalResult::None => {
            // Gaps are at most a day long, and end on a whole minute.
            let behind = (1..=1_440).map(|minutes| shown + TimeDelta::minutes(minutes));
            behind.filter_map(|shown| zone.from_local_datetime(&shown).earliest()).next().map(|at| at.timestamp_millis())
        }
    }
}

fn bad(why: impl Into<String>, hint: &str) -> Fault {
    Fault::usage("bad-window", format!("This is no maintenance window: {}.", why.into())).hint(hint)
}
