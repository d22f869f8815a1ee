//! Who is on call when. Handovers are at the same time of day all year round: a shift over a change of the clock is an hour longer or
//! shorter.

use std::ops::Range;

use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use chrono_tz::Tz;

use crate::{notify::silence::window::moment_of, sample::Moment};

/// How far the next change is looked for, in shifts and stand-ins.
const AHEAD: usize = 2_000;

/// People in turn.
#[derive(Debug, Clone, PartialEq)]
pub struct Rota {
    /// Its name.
    pub name: String,
    /// Whose clock.
    pub zone: Tz,
    /// Time of day of each handover.
    pub time: NaiveTime,
    /// The day of the week of each handover, where shifts are counted in weeks.
    pub weekday: Option<Weekday>,
    /// How long a shift is, at least 1.
    pub days: u32,
    /// A day of a handover: the first of the people begins.
    pub since: NaiveDate,
    /// In turn, at least one; names of contacts.
    pub people: Vec<String>,
    /// Who stands in; the last one that holds wins.
    pub overrides: Vec<StandIn>,
}

/// Somebody stands in for whoever is on call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StandIn {
    /// From when.
    pub from: Moment,
    /// Until when; then it is over.
    pub until: Moment,
    /// A contact's name.
    pub person: String,
}

/// A stretch of time in which somebody is on call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shift<'r> {
    /// From when.
    pub from: Moment,
    /// Until when; then somebody else is.
    pub until: Moment,
    /// A contact's name.
    pub person: &'r str,
    /// By an override.
    pub stands_in: bool,
}

/// Who is on call at a moment, since when, and until when.
pub fn on_call(rota: &Rota, at: Moment) -> Shift<'_> {
    let who = rota.who(at);
    let (mut from, mut until) = rota.piece(at);
    for _ in 0..AHEAD {
        let (begin, end) = rota.piece(from - 1);
        if end != from || rota.who(begin) != who {
            break;
        }
        from = begin;
        if rota.people.len() == 1 && at - from > 400 * 86_400_000 {
            break;
        }
    }
    for _ in 0..AHEAD {
        if rota.who(until) != who || until - at > 400 * 86_400_000 {
            break;
        }
        until = rota.piece(until).1;
    }
    Shift { from, until, person: who.0, stands_in: who.1 }
}

/// The shift at a moment and those that follow.
pub fn shifts(rota: &Rota, at: Moment, count: usize) -> Vec<Shift<'_>> {
    std::iter::successors(Some(on_call(rota, at)), |shift| Some(on_call(rota, shift.until))).take(count).collect()
}

impl Rota {
    /// In words: `weekly, Mondays 09:00 Europe/Berlin`.
    pub fn sentence(&self) -> String {
        let (time, zone) = (self.time.format("%H:%M"), self.zone);
        match (self.weekday, self.days / 7, self.days) {
            (Some(day), 1, _) => format!("weekly, {}s {time} {zone}", name(day)),
            (Some(day), weeks, _) => format!("every {weeks} weeks, {}s {time} {zone}", name(day)),
            (None, _, 1) => format!("daily, {time} {zone}"),
            (None, _, days) => format!("every {days} days, {time} {zone}"),
        }
    }

    /// Who, and whether they stand in.
    fn who(&self, at: Moment) -> (&str, bool) {
        let stands_in = self.overrides.iter().rev().find(|one| (one.from..one.until).contains(&at));
        match stands_in {
            Some(one) => (&one.person, true),
            None => {
                let turn = self.turn(at).rem_euclid(i64::try_from(self.people.len().max(1)).unwrap_or(1));
                let person = usize::try_from(turn).ok().and_then(|turn| self.people.get(turn));
                (person.map_or("", String::as_str), false)
            }
        }
    }

    /// The stretch around a moment in which nothing changes: no handover, no override begins or ends.
    fn piece(&self, at: Moment) -> (Moment, Moment) {
        let Range { mut start, mut end } = self.shift(self.turn(at));
        for edge in self.overrides.iter().flat_map(|one| [one.from, one.until]) {
            match edge <= at {
                true => start = start.max(edge),
                false => end = end.min(edge),
            }
        }
        (start, end)
    }

    /// Which shift it is at a moment, counted from 0 at [`Self::since`].
    fn turn(&self, at: Moment) -> i64 {
        let day = DateTime::<Utc>::from_timestamp_millis(at).unwrap_or_default().with_timezone(&self.zone).date_naive();
        let turn = (day - self.since).num_days().div_euclid(i64::from(self.days.max(1)));
        // The day of a handover is the old shift's until the handover.
        if at < self.shift(turn).start { turn - 1 } else { turn }
    }

    fn shift(&self, turn: i64) -> Range<Moment> {
        self.handover(turn)..self.handover(turn + 1)
    }

    fn handover(&self, turn: i64) -> Moment {
        let days = TimeDelta::days(turn * i64::from(self.days.max(1)));
        let day = self.since.checked_add_signed(days).unwrap_or(self.since);
        moment_of(self.zone, day.and_time(self.time)).unwrap_or_default()
    }

    /// The first day on or behind `day` with a handover.
    pub fn first_handover(day: NaiveDate, weekday: Option<Weekday>) -> NaiveDate {
        use chrono::Datelike;
        let ahead = weekday.map_or(0, |weekday| weekday.days_since(day.weekday()));
        day.checked_add_days(Days::new(u64::from(ahead))).unwrap_or(day)
    }
}

fn name(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "Monday",
        Weekday::Tue => "Tuesday",
        Weekday::Wed => "Wednesday",
        Weekday::Thu => "Thursday",
        Weekday::Fri => "Friday",
        Weekday::Sat => "Saturday",
        Weekday::Sun => "Sunday",
    }
}
