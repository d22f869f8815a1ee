//! Hours, days, weeks, months and years of a time zone.

use jiff::{Timestamp, Zoned, tz::TimeZone};
use quarterdeck_model::{Instant, retention::Because};

/// What two snapshots of one period have in common. `place` tells snapshots apart where each is a period of its own.
pub(super) fn of(rule: Because, at: Instant, place: usize, zone: &TimeZone) -> [i64; 5] {
    let there = local(at, zone);
    let (year, month, day) = (i64::from(there.year()), i64::from(there.month()), i64::from(there.day()));
    match rule {
        // Where clocks are turned back an hour comes twice; its distance from UTC tells the two apart.
        Because::Hourly => [year, month, day, i64::from(there.hour()), i64::from(there.offset().seconds())],
        Because::Daily => [year, month, day, 0, 0],
        Because::Weekly => {
            let week = there.date().iso_week_date();
            [i64::from(week.year()), i64::from(week.week()), 0, 0, 0]
        }
        Because::Monthly => [year, month, 0, 0, 0],
        Because::Yearly => [year, 0, 0, 0, 0],
        _ => [i64::try_from(place).unwrap_or(i64::MAX), 0, 0, 0, 0],
    }
}

/// The wall clock of a time zone. Moments that no calendar reaches are taken as its last.
fn local(at: Instant, zone: &TimeZone) -> Zoned {
    Timestamp::from_millisecond(at.timestamp_millis()).unwrap_or(Timestamp::MAX).to_zoned(zone.clone())
}
