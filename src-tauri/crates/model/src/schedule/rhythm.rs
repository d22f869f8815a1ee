//! When a schedule is due: a cron expression in a time zone.
//!
//! The expression is that of Vixie cron (five fields) with `L`, `W` and `#`, as the `croner` library reads it (<https://docs.rs/croner>).
//! Where the clock is put forward over a fixed time, the run comes right behind the gap; where it is put back over it, the first of the two
//! moments counts. A rhythm of hours or minutes goes on through both.

use std::{fmt, str::FromStr};

use chrono::{TimeDelta, Utc};
use chrono_tz::Tz;
use croner::{
    Cron,
    parser::{CronParser, Seconds, Year},
};

use super::{field, field::Part, words};
use crate::{Fault, Instant, Outcome};

/// Short forms, and what they stand for.
const SHORT: [(&str, &str); 7] = [
    ("@hourly", "0 * * * *"),
    ("@daily", "0 0 * * *"),
    ("@midnight", "0 0 * * *"),
    ("@weekly", "0 0 * * 0"),
    ("@monthly", "0 0 1 * *"),
    ("@yearly", "0 0 1 1 *"),
    ("@annually", "0 0 1 1 *"),
];

/// A longer list of past moments is not counted out: nobody needs to know more.
const MOST_MISSED: usize = 10_000;

/// A cron expression that was understood, in its zone.
#[derive(Clone)]
pub struct Rhythm {
    cron: Cron,
    fields: [String; 5],
    zone: Tz,
}

impl fmt::Debug for Rhythm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Rhythm({} {})", self.fields.join(" "), self.zone)
    }
}

impl Rhythm {
    /// Reads an expression strictly: five fields or a short form.
    ///
    /// Refuses with `bad-schedule` (facts `position`, counted from 1 in characters, and `field`) or `unknown-zone`.
    pub fn parse(cron: &str, zone: &str) -> Outcome<Self> {
        let zone = Tz::from_str(zone).map_err(|_| unknown_zone(zone))?;
        let trimmed = cron.trim();
        let long = match SHORT.iter().find(|(short, _)| trimmed.eq_ignore_ascii_case(short)) {
            Some((_, long)) => long,
            None if trimmed.starts_with('@') => return Err(unknown_short(cron)),
            None => cron,
        };
        let parts = field::parts(long);
        let Ok(parts) = <[Part<'_>; 5]>::try_from(parts.as_slice()) else { return Err(wrong_number(cron, &parts)) };
        for (field, part) in field::FIELDS.iter().zip(parts) {
            field::check(field, part)?;
        }
        let fields = parts.map(|part| part.text.to_uppercase());
        let cron = read(&fields).map_err(|_| locate(&parts))?;
        let rhythm = Self { cron, fields, zone };
        // Such as the 30th of February.
        if rhythm.next_after(chrono::DateTime::UNIX_EPOCH + TimeDelta::days(365 * 50)).is_none() {
            return Err(Fault::usage("bad-schedule", format!("The cron expression {:?} never comes.", rhythm.fields.join(" ")))
                .hint("Name a day that its months have.")
                .fact("position", parts[2].at)
                .fact("field", field::FIELDS[2].name));
        }
        Ok(rhythm)
    }

    /// In plain words, e.g. `Every day at 02:00, Europe/Berlin`.
    pub fn words(&self) -> String {
        let said = words::plain(&self.fields).unwrap_or_else(|| self.cron.describe().trim_end_matches('.').to_owned());
        format!("{said}, {}", self.zone)
    }

    /// The first moment behind `after`; none where there is none in the next years.
    pub fn next_after(&self, after: Instant) -> Option<Instant> {
        let mut from = after.with_timezone(&self.zone);
        // Around a change of the clock the library may name a moment again: time only goes forward here.
        for _ in 0..4 {
            let next = self.cron.find_next_occurrence(&from, false).ok()?;
            if next.with_timezone(&Utc) > after {
                return Some(next.with_timezone(&Utc));
            }
            from += TimeDelta::hours(1);
        }
        None
    }

    /// The next `count` moments behind `after`.
    pub fn next(&self, after: Instant, count: usize) -> Vec<Instant> {
        std::iter::successors(self.next_after(after), |last| self.next_after(*last)).take(count).collect()
    }

    /// The moments in (`after`, `until`]: the newest, and how many there are; none where there is none.
    pub fn passed(&self, after: Instant, until: Instant) -> Option<(Instant, u32)> {
        let moments = std::iter::successors(self.next_after(after), |last| self.next_after(*last));
        let mut count = 0;
        let mut newest = None;
        for moment in moments.take_while(|moment| *moment <= until) {
            (newest, count) = (Some(moment), count + 1);
            if count >= MOST_MISSED {
                break;
            }
        }
        let newest = if count >= MOST_MISSED { self.newest_until(until).or(newest) } else { newest };
        newest.map(|newest| (newest, u32::try_from(count).unwrap_or(u32::MAX)))
    }

    fn newest_until(&self, until: Instant) -> Option<Instant> {
        let from = until.with_timezone(&self.zone);
        self.cron.find_previous_occurrence(&from, true).ok().map(|moment| moment.with_timezone(&Utc))
    }
}

fn read(fields: &[String; 5]) -> Result<Cron, croner::errors::CronError> {
    let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
    parser.parse(&fields.join(" "))
}

/// Which field, and which of its items, the library does not take.
fn locate(parts: &[Part<'_>; 5]) -> Fault {
    for (at, (field, part)) in field::FIELDS.iter().zip(parts).enumerate() {
        let alone = |text: &str| {
            let mut fields = ["*"; 5].map(str::to_owned);
            fields[at] = text.to_uppercase();
            read(&fields).is_ok()
        };
        if alone(part.text) {
            continue;
        }
        let mut begin = part.at;
        for item in part.text.split(',') {
            if !alone(item) {
                return field::wrong(field, item, begin);
            }
            begin += item.chars().count() + 1;
        }
        return field::wrong(field, part.text, part.at);
    }
    field::wrong(&field::FIELDS[0], parts[0].text, parts[0].at)
}

fn unknown_zone(zone: &str) -> Fault {
    Fault::usage("unknown-zone", format!("There is no time zone {zone:?}."))
        .hint("Name one of the IANA list, such as Europe/Berlin or UTC.")
        .fact("zone", zone)
}

fn unknown_short(cron: &str) -> Fault {
    let at = cron.chars().take_while(|c| c.is_whitespace()).count() + 1;
    Fault::usage("bad-schedule", format!("{:?} at character {at} is no short form of a cron expression.", cron.trim()))
        .hint("Write @hourly, @daily, @weekly, @monthly, @yearly, or five fields such as: 0 2 * * *")
        .fact("position", at)
}

fn wrong_number(cron: &str, parts: &[Part<'_>]) -> Fault {
    let at = parts.get(5).map_or(cron.chars().count() + 1, |sixth| sixth.at);
    Fault::usage("bad-schedule", format!("A cron expression has five fields; {cron:?} has {} (character {at}).", parts.len()))
        .hint("Write minute, hour, day of the month, month and day of the week, such as: 0 2 * * *")
        .fact("position", at)
}
