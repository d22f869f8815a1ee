//! Durations as Prometheus's files write them (prometheus/common/model `Duration`): `1w`, `1d12h`, `90s`, `0`.

use quarterdeck_document::findings::Wrong;

/// Units from the largest to the smallest; each at most once, in this order.
const UNITS: [(&str, i64); 7] =
    [("y", 365 * 86_400_000), ("w", 7 * 86_400_000), ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

/// As long as Prometheus can count: its durations are nanoseconds in 64 bits.
const LONGEST: i64 = i64::MAX / 1_000_000;

/// Milliseconds of a duration. `path` names the key.
pub fn parse(text: &str, path: &str) -> Result<i64, Wrong> {
    let wrong = || {
        let hint = "Write whole numbers with y, w, d, h, m, s or ms, the larger units first, such as 5m or 1d12h.";
        Wrong::new(format!("{path} is not a duration: {text:?}."), hint)
    };
    if text == "0" {
        return Ok(0);
    }
    if text.is_empty() {
        return Err(wrong());
    }
    let (mut rest, mut total, mut next) = (text, 0_i64, 0);
    while !rest.is_empty() {
        let (digits, behind) = split(rest, |letter| letter.is_ascii_digit());
        let (unit, behind) = split(behind, |letter| letter.is_ascii_alphabetic());
        let known = UNITS[next..].iter().position(|(name, _)| *name == unit).ok_or_else(wrong)?;
        let count: i64 = digits.parse().map_err(|_| wrong())?;
        total = count.checked_mul(UNITS[next + known].1).and_then(|part| total.checked_add(part)).ok_or_else(wrong)?;
        next += known + 1;
        rest = behind;
    }
    if total > LONGEST { Err(wrong()) } else { Ok(total) }
}

/// As it would be written: `1h30m`, `0s`.
pub fn shown(millis: i64) -> String {
    let (mut left, mut text) = (millis, String::new());
    for (unit, size) in UNITS {
        // Years and weeks only where nothing is left over, as Prometheus writes them.
        let whole = !matches!(unit, "y" | "w") || left % size == 0;
        if whole && left >= size {
            text += &format!("{}{unit}", left / size);
            left %= size;
        }
    }
    if text.is_empty() { "0s".to_owned() } else { text }
}

fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|letter| !belongs(letter)).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_prometheus_reads_them() {
        let day = 86_400_000;
        let cases = [
            ("0", 0),
            ("0s", 0),
            ("1w", 7 * day),
            ("1d12h", day * 3 / 2),
            ("1h30m", 5_400_000),
            ("90s", 90_000),
            ("5ms", 5),
            ("1y", 365 * day),
        ];
        for (text, millis) in cases {
            assert_eq!(parse(text, "for"), Ok(millis), "{text}");
        }
        for text in ["", "5", "m", "1m1h", "1m1m", "1.5h", "-1m", "5 m", "1M", "300y", "9223372036854775807s"] {
            assert!(parse(text, "for").is_err(), "{text}");
        }
    }

    #[test]
    fn durations_are_shown_as_prometheus_shows_them() {
        for text in ["0s", "1w", "1d12h", "1h30m", "1m30s", "5ms", "8d", "1y"] {
            assert_eq!(shown(parse(text, "for").unwrap()), text);
        }
    }
}
