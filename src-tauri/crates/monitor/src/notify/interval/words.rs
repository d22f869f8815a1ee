//! Times that come again, in words.

use super::{Span, TimeInterval, Zone};

const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// `Mondays to Fridays that are the last day, 22:00 to 24:00, in March, 2026 to 2028, Europe/Berlin`.
pub fn sentence(interval: &TimeInterval) -> String {
    let TimeInterval { times, weekdays, days_of_month, months, years, zone } = interval;
    if [times, weekdays, days_of_month, months, years].into_iter().flatten().any(Vec::is_empty) {
        return "never".to_owned();
    }
    let of = |spans: &Option<Vec<Span>>| spans.clone().unwrap_or_default();
    let mut parts = vec![days(&of(weekdays), &of(days_of_month))];
    if let Some(times) = times {
        parts.push(listed(times, |(from, until)| format!("{} to {}", time(*from), time(*until))));
    }
    if let Some(months) = months {
        parts.push(format!("in {}", listed(months, |span| spanned(*span, &month))));
    }
    if let Some(years) = years {
        parts.push(listed(years, |span| spanned(*span, &|year| year.to_string())));
    }
    parts.push(match zone {
        None => "UTC".to_owned(),
        Some(Zone::Named(zone)) => zone.to_string(),
        Some(Zone::Machine) => "the machine's own time".to_owned(),
    });
    parts.join(", ")
}

/// `daily`, `Mondays to Fridays`, `the last day of a month`, `Tuesdays that are day 8 to day 14 of a month`.
pub fn days(weekdays: &[Span], days_of_month: &[Span]) -> String {
    let week = listed(weekdays, |span| spanned(*span, &weekday));
    let month = format!("{} of a month", listed(days_of_month, |span| spanned(*span, &day)));
    match (weekdays.is_empty(), days_of_month.is_empty()) {
        (true, true) => "daily".to_owned(),
        (false, true) => week,
        (true, false) => month,
        (false, false) => format!("{week} that are {month}"),
    }
}

/// A minute of the day: `22:00`.
pub fn time(minute: i32) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

fn listed(spans: &[Span], one: impl Fn(&Span) -> String) -> String {
    spans.iter().map(one).collect::<Vec<_>>().join(" and ")
}

fn spanned((from, until): Span, one: &dyn Fn(i32) -> String) -> String {
    if from == until { one(from) } else { format!("{} to {}", one(from), one(until)) }
}

fn weekday(number: i32) -> String {
    named(&WEEKDAYS, number).map_or_else(|| number.to_string(), |name| format!("{name}s"))
}

fn month(number: i32) -> String {
    named(&MONTHS, number - 1).map_or_else(|| format!("month {number}"), str::to_owned)
}

fn named<'n>(names: &[&'n str], number: i32) -> Option<&'n str> {
    usize::try_from(number).ok().and_then(|number| names.get(number)).copied()
}

fn day(day: i32) -> String {
    match day {
        -1 => "the last day".to_owned(),
        -2 => "the last day but one".to_owned(),
        day if day < 0 => format!("the last day but {}", -day - 1),
        day => format!("day {day}"),
    }
}
