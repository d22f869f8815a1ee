//! Sizes as people write them: `16 MB`, `500 kB`, `2 GiB`.

use quarterdeck_model::Bytes;

use crate::findings::Wrong;

const UNITS: [(&str, u64); 9] = [
    ("B", 1),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("TB", 1_000_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
    ("TiB", 1 << 40),
];

/// Reads a number with a unit; at most two figures behind the point. `path` names the key.
pub fn parse(text: &str, path: &str) -> Result<Bytes, Wrong> {
    let wrong = || Wrong::new(format!("{path} is not a size: {text:?}."), "Write a number with B, kB, MB, GB or TB, such as: 16 MB");
    let trimmed = text.trim();
    let (digits, unit) = trimmed.split_at(trimmed.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(trimmed.len()));
    let unit = unit.trim();
    let Some(&(_, size)) = UNITS.iter().find(|(known, _)| known.eq_ignore_ascii_case(unit)) else { return Err(wrong()) };
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    if whole.is_empty() || part.is_empty() || part.len() > 2 {
        return Err(wrong());
    }
    let hundredths = format!("{part:0<2}").parse::<u64>().map_err(|_| wrong())?;
    let whole = whole.parse::<u64>().ok().and_then(|whole| whole.checked_mul(size)).ok_or_else(wrong)?;
    whole.checked_add(size.saturating_mul(hundredths) / 100).map(Bytes).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_numbers_with_units() {
        for (text, bytes) in [("16 MB", 16_000_000), ("1.5GB", 1_500_000_000), ("0.05 kb", 50), (" 2 GiB ", 2 << 30), ("7 B", 7)] {
            assert_eq!(parse(text, "bytes"), Ok(Bytes(bytes)), "{text:?}");
        }
        for text in ["", "16", "MB", "1.234 MB", "-1 MB", "1 parsec", "1. MB", ".5 MB", "99999999999999 TB"] {
            let wrong = parse(text, "bytes").unwrap_err();
            assert!(wrong.message.starts_with("bytes is not a size") && wrong.hint.contains("16 MB"), "{text:?}");
        }
    }
}
