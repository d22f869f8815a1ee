//! Durations as people write them: `30 min`, `1 h`, `1 h 30 min`, `0 s`.

use quarterdeck_model::Millis;

use crate::findings::Wrong;

const UNITS: [(&str, u64); 5] = [("ms", 1), ("s", 1000), ("min", 60_000), ("h", 3_600_000), ("d", 86_400_000)];

/// Reads whole numbers with units, larger units first. `path` names the key.
pub fn parse(text: &str, path: &str) -> Result<Millis, Wrong> {
    let wrong =
        || Wrong::new(format!("{path} is not a duration: {text:?}."), "Write whole numbers with ms, s, min, h or d, such as: 1 h 30 min");
    let mut left = text.trim();
    let mut total: u64 = 0;
    let mut smallest = u64::MAX;
    while !left.is_empty() {
        let (digits, rest) = split(left, |c| c.is_ascii_digit());
        let (unit, rest) = split(rest.trim_start(), char::is_alphabetic);
        left = rest.trim_start();
        let amount: u64 = digits.parse().map_err(|_| wrong())?;
        let Some(&(_, millis)) = UNITS.iter().find(|(name, _)| *name == unit) else { return Err(unknown_unit(unit, text, path)) };
        if millis >= smallest {
            return Err(wrong());
        }
        smallest = millis;
        total = amount.checked_mul(millis).and_then(|part| total.checked_add(part)).ok_or_else(wrong)?;
    }
    if smallest == u64::MAX { Err(wrong()) } else { Ok(Millis(total)) }
}

fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}

fn unknown_unit(unit: &str, text: &str, path: &str) -> Wrong {
    let message = if unit.is_empty() { format!("{path} has no unit: {text:?}.") } else { format!("{path} has an unknown unit, {unit:?}.") };
    let meant = match unit {
        "m" | "mins" | "minute" | "minutes" => "min",
        "sec" | "secs" | "second" | "seconds" => "s",
        "hr" | "hrs" | "hour" | "hours" => "h",
        "day" | "days" => "d",
        _ => return Wrong::new(message, "Write ms, s, min, h or d behind the number, such as: 30 min"),
    };
    Wrong::new(message, format!("Write {meant} instead."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_numbers_with_units() {
        for (text, millis) in [
            ("0 s", 0),
            ("30 min", 1_800_000),
            ("30min", 1_800_000),
            ("1 h", 3_600_000),
            ("1 h 30 min", 5_400_000),
            ("1 d 16 h", 144_000_000),
            (" 250 ms ", 250),
        ] {
            assert_eq!(parse(text, "rto"), Ok(Millis(millis)), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_duration_is_refused_with_a_hint() {
        for (text, message, hint) in [
            ("30", "rto has no unit", "30 min"),
            ("30 m", "unknown unit, \"m\"", "Write min instead."),
            ("30 minutes", "unknown unit", "Write min instead."),
            ("2 hours", "unknown unit", "Write h instead."),
            ("4 fortnights", "unknown unit, \"fortnights\"", "ms, s, min, h or d"),
            ("soon", "not a duration", "1 h 30 min"),
            ("1.5 h", "has no unit", "30 min"),
            ("-1 h", "not a duration", "1 h 30 min"),
            ("30 min 1 h", "not a duration", "1 h 30 min"),
            ("1 h 1 h", "not a duration", "1 h 30 min"),
            ("99999999999999999 d", "not a duration", "1 h 30 min"),
            ("", "not a duration", "1 h 30 min"),
        ] {
            let wrong = parse(text, "rto").unwrap_err();
            assert!(wrong.message.contains(message) && wrong.hint.contains(hint), "{text:?}: {wrong:?}");
        }
    }
}
