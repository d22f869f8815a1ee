//! Moments as people type them: `now`, `now-6h`, `6h` (ago), a date with or without a time, RFC 3339.

use chrono::{DateTime, Local, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use quarterdeck_model::{Fault, Instant, Outcome};

/// Milliseconds of each unit, as queries write them; `min` as definitions do.
const UNITS: [(&str, i64); 7] =
    [("ms", 1), ("s", 1_000), ("m", 60_000), ("min", 60_000), ("h", 3_600_000), ("d", 86_400_000), ("w", 604_800_000)];

/// Reads a moment. Without a zone it is one of this machine's; a time that a change of clocks leaves out or repeats is refused.
pub fn read(text: &str, now: Instant) -> Outcome<Instant> {
    let text = text.trim();
    let ago = |text: &str| duration(text).and_then(|time| now.checked_sub_signed(time));
    let found = match text.strip_prefix("now") {
        Some("") => Some(now),
        Some(rest) => rest.trim_start().strip_prefix('-').and_then(ago),
        None => ago(text).or_else(|| DateTime::parse_from_rfc3339(text).ok().map(|at| at.with_timezone(&Utc))).or_else(|| local(text)),
    };
    found.ok_or_else(|| {
        Fault::usage("bad-moment", format!("{text:?} is no moment."))
            .hint("Write 6h (ago), now, 2026-11-22 14:00, or 2026-11-22T14:00:00Z.")
    })
}

/// Milliseconds of `1h30m`, `90 s`, `2 d`.
pub fn duration(text: &str) -> Option<TimeDelta> {
    let mut left = text.trim();
    let mut total = 0_i64;
    while !left.is_empty() {
        let (digits, rest) = left.split_at(left.find(|c: char| !c.is_ascii_digit())?);
        let rest = rest.trim_start();
        let (unit, rest) = rest.split_at(rest.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(rest.len()));
        let (_, millis) = UNITS.iter().find(|(name, _)| *name == unit)?;
        total = total.checked_add(digits.parse::<i64>().ok()?.checked_mul(*millis)?)?;
        left = rest.trim_start();
    }
    (!text.trim().is_empty()).then_some(())?;
    TimeDelta::try_milliseconds(total)
}

fn local(text: &str) -> Option<Instant> {
    let forms = ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"];
    let whole = forms.iter().find_map(|form| NaiveDateTime::parse_from_str(text, form).ok());
    let whole = whole.or_else(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok().map(|day| day.and_time(NaiveTime::MIN)));
    Local.from_local_datetime(&whole?).single().map(|at| at.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_read_as_people_type_them() {
        let now = DateTime::from_timestamp_millis(1_795_354_800_000).unwrap();
        let hours = |hours: f64| now - TimeDelta::milliseconds((hours * 3_600_000.0) as i64);
        for (text, at) in [
            ("now", now),
            ("now-6h", hours(6.0)),
            ("now - 90 min", hours(1.5)),
            ("1h30m", hours(1.5)),
            ("2 d", hours(48.0)),
            ("2026-11-22T13:40:00Z", now),
            ("2026-11-22T14:40:00+01:00", now),
        ] {
            assert_eq!(read(text, now).unwrap(), at, "{text}");
        }
        let local = now.with_timezone(&Local);
        assert_eq!(read(&local.format("%Y-%m-%d %H:%M").to_string(), now).unwrap(), now);
        for text in ["", "6", "h", "6 parsecs", "now+1h", "2026-13-01", "tomorrow", "99999999999999999999h", "999999999999w"] {
            assert!(read(text, now).unwrap_err().is("bad-moment"), "{text}");
        }
    }
}
