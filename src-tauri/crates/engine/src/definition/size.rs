//! Sizes as people write them: `500 MB`, `1.5 GB`, `16 MiB`.

use quarterdeck_model::Bytes;

use super::findings::Wrong;

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

/// Reads a number with a unit. `path` names the key.
pub(super) fn parse(text: &str, path: &str) -> Result<Bytes, Wrong> {
    let hint = "Write a number with B, kB, MB, GB, TB, KiB, MiB, GiB or TiB, such as: 1.5 GB";
    let wrong = || Wrong::new(format!("{path} is not a size: {text:?}."), hint);
    let text = text.trim();
    let (digits, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len()));
    let number: f64 = digits.parse().map_err(|_| wrong())?;
    let unit = unit.trim();
    let Some((_, factor)) = UNITS.iter().find(|(word, _)| *word == unit) else {
        let near = UNITS.iter().find(|(word, _)| word.eq_ignore_ascii_case(unit));
        let hint = near.map_or_else(|| hint.to_owned(), |(word, _)| format!("Write {word} instead."));
        return Err(Wrong::new(format!("{path} has no unit that is known: {text:?}."), hint));
    };
    #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // three figures are meant
    let bytes = (number * *factor as f64).round();
    // Beyond an exabyte it was no size.
    if bytes <= 1e18 { Ok(Bytes(bytes as u64)) } else { Err(wrong()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_numbers_with_units() {
        for (text, bytes) in
            [("0 B", 0), ("500 MB", 500_000_000), ("1.5GB", 1_500_000_000), (" 16 MiB ", 16 << 20), ("2 TB", 2_000_000_000_000)]
        {
            assert_eq!(parse(text, "initial"), Ok(Bytes(bytes)), "{text:?}");
        }
    }

    #[test]
    fn what_is_no_size_is_refused_with_a_hint() {
        for (text, message, hint) in [
            ("500", "no unit", "1.5 GB"),
            ("500 mb", "no unit", "Write MB instead."),
            ("large", "not a size", "1.5 GB"),
            ("-1 GB", "not a size", "1.5 GB"),
            ("1.2.3 GB", "not a size", "1.5 GB"),
            ("99999999999 TB", "not a size", "1.5 GB"),
            ("", "not a size", "1.5 GB"),
        ] {
            let wrong = parse(text, "initial").unwrap_err();
            assert!(wrong.message.contains(message) && wrong.hint.contains(hint), "{text:?}: {wrong:?}");
        }
    }
}
