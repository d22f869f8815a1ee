//! Times as Go writes and reads them: after the model of `Mon Jan 2 15:04:05 MST 2006` (<https://pkg.go.dev/time#Layout>).

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Timelike};
use chrono_tz::{OffsetName, Tz};

/// A part of a layout.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Part {
    Year,
    YearShort,
    Month,
    MonthShort,
    MonthNumber,
    MonthTwo,
    Weekday,
    WeekdayShort,
    Day,
    DaySpaced,
    DayTwo,
    DayOfYear,
    Hour,
    HourTwelve,
    HourTwelveTwo,
    Minute,
    MinuteTwo,
    Second,
    SecondTwo,
    Upper,
    Lower,
    Zone,
    /// `Z` for UTC, with a colon, with seconds left out, hours alone.
    Offset(bool, &'static str),
    /// With the sign before it, and how many figures; true where zeros at the end are left out.
    Fraction(char, usize, bool),
}

const PARTS: &[(&str, Part)] = &[
    ("January", Part::Month),
    ("Jan", Part::MonthShort),
    ("Monday", Part::Weekday),
    ("Mon", Part::WeekdayShort),
    ("MST", Part::Zone),
    ("2006", Part::Year),
    ("002", Part::DayOfYear),
    ("01", Part::MonthTwo),
    ("02", Part::DayTwo),
    ("03", Part::HourTwelveTwo),
    ("04", Part::MinuteTwo),
    ("05", Part::SecondTwo),
    ("06", Part::YearShort),
    ("15", Part::Hour),
    ("_2", Part::DaySpaced),
    ("-07:00", Part::Offset(false, ":")),
    ("-0700", Part::Offset(false, "")),
    ("-07", Part::Offset(false, "h")),
    ("Z07:00", Part::Offset(true, ":")),
    ("Z0700", Part::Offset(true, "")),
    ("Z07", Part::Offset(true, "h")),
    ("PM", Part::Upper),
    ("pm", Part::Lower),
    ("1", Part::MonthNumber),
    ("2", Part::Day),
    ("3", Part::HourTwelve),
    ("4", Part::Minute),
    ("5", Part::Second),
];

/// How Go prints a time.
pub const PLAIN: &str = "2006-01-02 15:04:05.999999999 -0700 MST";

/// RFC 3339 with as many figures as are needed.
pub const RFC3339: &str = "2006-01-02T15:04:05.999999999Z07:00";

/// A time after a layout.
pub fn format(time: &DateTime<Tz>, layout: &str) -> String {
    let mut out = String::new();
    let mut rest = layout;
    while let Some(c) = rest.chars().next() {
        let (part, length) = first(rest);
        match part {
            Some(part) => write(time, part, &mut out),
            None => out.push(c),
        }
        rest = &rest[if part.is_some() { length } else { c.len_utf8() }..];
    }
    out
}

/// The part a layout begins with, and how long it is.
fn first(rest: &str) -> (Option<Part>, usize) {
    if let Some((part, length)) = fraction(rest) {
        return (Some(part), length);
    }
    match PARTS.iter().find(|(text, _)| rest.starts_with(text)) {
        // `Jan` in `January` was found before; `_2006` is a line and a year.
        Some(("_2", _)) if rest.starts_with("_2006") => (None, 0),
        Some((text, part)) => (Some(*part), text.len()),
        None => (None, 0),
    }
}

/// `.000` or `,999`, where no other figure follows.
fn fraction(rest: &str) -> Option<(Part, usize)> {
    let sign = rest.chars().next().filter(|c| ".,".contains(*c))?;
    let figure = rest[1..].chars().next().filter(|c| "09".contains(*c))?;
    let count = rest[1..].chars().take_while(|c| *c == figure).count();
    let ends = !rest[1 + count..].starts_with(|c: char| c.is_ascii_digit());
    ends.then_some((Part::Fraction(sign, count.min(9), figure == '9'), 1 + count))
}

fn write(time: &DateTime<Tz>, part: Part, out: &mut String) {
    let text = match part {
        Part::Year => format!("{:04}", time.year()),
        Part::YearShort => format!("{:02}", time.year().rem_euclid(100)),
        Part::Month => time.format("%B").to_string(),
        Part::MonthShort => time.format("%b").to_string(),
        Part::MonthNumber => time.month().to_string(),
        Part::MonthTwo => format!("{:02}", time.month()),
        Part::Weekday => time.format("%A").to_string(),
        Part::WeekdayShort => time.format("%a").to_string(),
        Part::Day => time.day().to_string(),
        Part::DaySpaced => format!("{:2}", time.day()),
        Part::DayTwo => format!("{:02}", time.day()),
        Part::DayOfYear => format!("{:03}", time.ordinal()),
        Part::Hour => format!("{:02}", time.hour()),
        Part::HourTwelve => time.hour12().1.to_string(),
        Part::HourTwelveTwo => format!("{:02}", time.hour12().1),
        Part::Minute => time.minute().to_string(),
        Part::MinuteTwo => format!("{:02}", time.minute()),
        Part::Second => time.second().to_string(),
        Part::SecondTwo => format!("{:02}", time.second()),
        Part::Upper => if time.hour() < 12 { "AM" } else { "PM" }.to_owned(),
        Part::Lower => if time.hour() < 12 { "am" } else { "pm" }.to_owned(),
        Part::Zone => time.offset().abbreviation().unwrap_or("UTC").to_owned(),
        Part::Offset(zulu, manner) => offset(time.offset().fix().local_minus_utc(), zulu, manner),
        Part::Fraction(sign, count, cut) => figures(time.nanosecond(), sign, count, cut),
    };
    out.push_str(&text);
}

fn offset(seconds: i32, zulu: bool, manner: &str) -> String {
    if zulu && seconds == 0 {
        return "Z".to_owned();
    }
    let sign = if seconds < 0 { '-' } else { '+' };
    let (hours, minutes) = (seconds.abs() / 3600, seconds.abs() / 60 % 60);
    if manner == "h" { format!("{sign}{hours:02}") } else { format!("{sign}{hours:02}{manner}{minutes:02}") }
}

fn figures(nanosecond: u32, sign: char, count: usize, cut: bool) -> String {
    let all = format!("{nanosecond:09}");
    let kept = if cut { all[..count].trim_end_matches('0') } else { &all[..count] };
    if kept.is_empty() { String::new() } else { format!("{sign}{kept}") }
}

/// Reads a time after a layout; UTC where it names no offset. Nothing where the text does not follow it.
pub fn parse(layout: &str, text: &str) -> Option<DateTime<Tz>> {
    let (mut layout, mut text) = (layout, text);
    let mut read = Read { year: 0, month: 1, day: 1, hour: 0, minute: 0, second: 0, nano: 0, afternoon: None, offset: 0 };
    while let Some(c) = layout.chars().next() {
        let (part, length) = first(layout);
        match part {
            Some(part) => text = read.take(part, text)?,
            None => text = text.strip_prefix(c)?,
        }
        layout = &layout[if part.is_some() { length } else { c.len_utf8() }..];
        // A fraction behind the seconds is read, whether the layout names it or not.
        if matches!(part, Some(Part::Second | Part::SecondTwo)) && fraction(layout).is_none() && text.starts_with('.') {
            text = read.take(Part::Fraction('.', 9, true), text)?;
        }
    }
    if text.is_empty() { read.time() } else { None }
}

struct Read {
    year: i32,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
    second: u32,
    nano: u32,
    afternoon: Option<bool>,
    offset: i64,
}

impl Read {
    /// Reads a part; what is left of the text.
    fn take<'t>(&mut self, part: Part, text: &'t str) -> Option<&'t str> {
        let number = |least: usize, most: usize| number(text.trim_start_matches(' '), least, most);
        let (value, rest) = match part {
            Part::Year => number(4, 4)?,
            Part::YearShort | Part::MonthTwo | Part::DayTwo | Part::Hour => number(2, 2)?,
            Part::HourTwelveTwo | Part::MinuteTwo | Part::SecondTwo => number(2, 2)?,
            Part::MonthNumber | Part::Day | Part::DaySpaced | Part::HourTwelve | Part::Minute | Part::Second => number(1, 2)?,
            Part::DayOfYear => number(3, 3)?,
            Part::Month | Part::MonthShort => name(text, part == Part::Month, &MONTHS)?,
            Part::Weekday | Part::WeekdayShort => name(text, part == Part::Weekday, &WEEKDAYS)?,
            Part::Upper | Part::Lower => {
                let (head, rest) = text.split_at_checked(2)?;
                self.afternoon = Some(head.eq_ignore_ascii_case("pm"));
                return head.to_lowercase().ends_with('m').then_some(rest);
            }
            Part::Zone => return Some(text.trim_start_matches(|c: char| c.is_ascii_uppercase())),
            Part::Offset(zulu, manner) => return self.offset(zulu, manner, text),
            Part::Fraction(..) => return self.fraction(text),
        };
        match part {
            Part::Year => self.year = i32::try_from(value).ok()?,
            Part::YearShort => self.year = i32::try_from(value).ok()? + if value >= 69 { 1900 } else { 2000 },
            Part::Month | Part::MonthShort | Part::MonthNumber | Part::MonthTwo => self.month = value,
            Part::Day | Part::DaySpaced | Part::DayTwo => self.day = value,
            Part::Hour | Part::HourTwelve | Part::HourTwelveTwo => self.hour = value,
            Part::Minute | Part::MinuteTwo => self.minute = value,
            Part::Second | Part::SecondTwo => self.second = value,
            _ => {}
        }
        Some(rest)
    }

    fn offset<'t>(&mut self, zulu: bool, manner: &str, text: &'t str) -> Option<&'t str> {
        if let Some(rest) = text.strip_prefix('Z').filter(|_| zulu) {
            return Some(rest);
        }
        let sign = if text.starts_with('-') { -1 } else { 1 };
        let (hours, rest) = number(text.strip_prefix(['+', '-'])?, 2, 2)?;
        let (minutes, rest) = if manner == "h" { (0, rest) } else { number(rest.strip_prefix(manner)?, 2, 2)? };
        self.offset = sign * i64::from(hours * 3600 + minutes * 60);
        Some(rest)
    }

    fn fraction<'t>(&mut self, text: &'t str) -> Option<&'t str> {
        let Some(figures) = text.strip_prefix(['.', ',']) else { return Some(text) };
        let end = figures.find(|c: char| !c.is_ascii_digit()).unwrap_or(figures.len());
        self.nano = format!("{:0<9}", &figures[..end]).get(..9)?.parse().ok()?;
        Some(&figures[end..])
    }

    fn time(&self) -> Option<DateTime<Tz>> {
        let hour = match self.afternoon {
            Some(true) if self.hour < 12 => self.hour + 12,
            Some(false) if self.hour == 12 => 0,
            _ => self.hour,
        };
        let date = NaiveDate::from_ymd_opt(self.year, self.month, self.day)?;
        let time = NaiveTime::from_hms_nano_opt(hour, self.minute, self.second, self.nano)?;
        let utc = NaiveDateTime::new(date, time).checked_sub_signed(TimeDelta::seconds(self.offset))?;
        Some(Tz::UTC.from_utc_datetime(&utc))
    }
}

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

fn number(text: &str, least: usize, most: usize) -> Option<(u32, &str)> {
    let count = text.bytes().take(most).take_while(u8::is_ascii_digit).count();
    if count < least {
        return None;
    }
    Some((text[..count].parse().ok()?, &text[count..]))
}

fn name<'t>(text: &'t str, whole: bool, names: &[&str]) -> Option<(u32, &'t str)> {
    names.iter().zip(1..).find_map(|(name, number)| {
        let name = if whole { name } else { &name[..3] };
        let head = text.get(..name.len())?;
        head.eq_ignore_ascii_case(name).then(|| (number, &text[name.len()..]))
    })
}

/// A span as Go prints it: `1h0m5s`, `1.5s`, `20ms`.
pub fn span(nanoseconds: i64) -> String {
    let (sign, all) = (if nanoseconds < 0 { "-" } else { "" }, nanoseconds.unsigned_abs());
    let decimal = |unit: u64| {
        let (whole, rest) = (all / unit, all % unit);
        let figures = format!("{rest:0width$}", width = unit.ilog10() as usize);
        match figures.trim_end_matches('0') {
            "" => whole.to_string(),
            kept => format!("{whole}.{kept}"),
        }
    };
    match all {
        0 => "0s".to_owned(),
        1..=999 => format!("{sign}{all}ns"),
        1_000..=999_999 => format!("{sign}{}µs", decimal(1_000)),
        1_000_000..=999_999_999 => format!("{sign}{}ms", decimal(1_000_000)),
        _ => {
            let (hours, minutes) = (all / 3_600_000_000_000, all / 60_000_000_000 % 60);
            let seconds = all % 60_000_000_000;
            let figures = format!("{:09}", seconds % 1_000_000_000);
            let fraction = figures.trim_end_matches('0');
            let point = if fraction.is_empty() { "" } else { "." };
            let seconds = format!("{}{point}{fraction}s", seconds / 1_000_000_000);
            match (hours, minutes) {
                (0, 0) => format!("{sign}{seconds}"),
                (0, _) => format!("{sign}{minutes}m{seconds}"),
                _ => format!("{sign}{hours}h{minutes}m{seconds}"),
            }
        }
    }
}
