//! Numbers, moments and expectations as people read them.

use quarterdeck_model::{Count, Millis, figures, monitor::PanelUnit};

use super::{Condition, Expectation, Found, Literal, RowCount, Unit, read::quantity};

/// Text that was found is shown up to here, in characters.
const LONGEST: usize = 80;

impl Expectation {
    /// What is expected: `below 1 %`, `at least 1 row`, `newer than 31 d`; conditions parted by commas.
    pub fn words(&self) -> String {
        self.conditions.iter().map(Condition::words).collect::<Vec<_>>().join(", ")
    }
}

impl Condition {
    /// What it expects, so that `, … expected` reads as a sentence behind it.
    pub fn words(&self) -> String {
        match self {
            Self::Is(literal) => literal.words(),
            Self::Not(literal) => format!("not {}", literal.words()),
            Self::AtLeast(bound, unit, without) => format!("{} {}", if *without { "above" } else { "at least" }, exact(*bound, *unit)),
            Self::AtMost(bound, unit, without) => format!("{} {}", if *without { "below" } else { "at most" }, exact(*bound, *unit)),
            Self::Rows(RowCount::None) => "no rows".to_owned(),
            Self::Rows(RowCount::Some) => "at least 1 row".to_owned(),
            Self::Rows(RowCount::Exactly(count)) => Count(*count).of("row"),
            Self::Contains(text) => format!("{:?} in it", shortened(text)),
            Self::Lacks(text) => format!("no {:?} in it", shortened(text)),
            Self::Matches(pattern) => format!("a match of /{}/", shortened(pattern)),
            Self::Exists(true) => "present".to_owned(),
            Self::Exists(false) => "absent".to_owned(),
            Self::NewerThan(age) => format!("newer than {age}"),
        }
    }
}

impl Literal {
    fn words(&self) -> String {
        match self {
            Self::Text(text) => shortened(text),
            Self::Number(value, unit) => exact(*value, *unit),
            Self::Flag(flag) => yes_or_no(*flag).to_owned(),
        }
    }
}

impl Found {
    /// What was found, as a measurement shows it: `6.8 %`, `3 rows`, `2026-11-21 13:40 UTC`; none where there is nothing.
    ///
    /// The same at any moment and on any machine: signatures may rest on it.
    pub fn value(&self) -> Option<String> {
        match self {
            Self::Number(value, unit) => Some(amount(*value, *unit)),
            Self::Text(text) => Some(if text.trim().is_empty() { "nothing but blanks".to_owned() } else { shortened(text) }),
            Self::Rows(0, _) => Some("no rows".to_owned()),
            Self::Rows(count, None) => Some(Count(*count).of("row")),
            Self::Rows(count, Some(first)) => Some(format!("{}, first {}", Count(*count).of("row"), shortened(first))),
            Self::Flag(flag) => Some(yes_or_no(*flag).to_owned()),
            Self::At(at) => Some(at.format("%Y-%m-%d %H:%M UTC").to_string()),
            Self::Missing => None,
        }
    }
}

/// A number in its unit, with three figures: `6.8 %`, `31.4 ms`, `2 d 3 h`, `241 MB`.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // shown in whole minutes and more
pub fn amount(value: f64, unit: Unit) -> String {
    let panel = match unit {
        Unit::Plain => PanelUnit::Number,
        Unit::Bytes => PanelUnit::Bytes,
        Unit::Ratio => PanelUnit::Ratio,
        Unit::Seconds if value.is_finite() && value >= 99.5 => return Millis((value * 1000.0).round() as u64).to_string(),
        Unit::Seconds => PanelUnit::Seconds,
    };
    figures::value(value, panel)
}

/// As [`amount`]; with all figures where it would read like the bound that it misses.
pub(super) fn beside(value: f64, unit: Unit, bound: &str) -> String {
    let shown = amount(value, unit);
    let reads_alike = bound.strip_suffix(&shown).is_some_and(|before| before.ends_with(' ') || before.is_empty());
    if reads_alike { in_full(value, unit) } else { shown }
}

/// As [`amount`]; with all figures where three are not the whole number. Of bounds, that nobody takes 99.95 % for 100 %.
fn exact(value: f64, unit: Unit) -> String {
    let shown = amount(value, unit);
    let bare = shown.replace(',', "");
    let read = bare.parse().map(|value| (value, Unit::Plain)).ok().or_else(|| quantity(&bare, "").ok());
    if read.is_some_and(|(read, _)| read == value) { shown } else { in_full(value, unit) }
}

fn in_full(value: f64, unit: Unit) -> String {
    match unit {
        Unit::Plain => value.to_string(),
        Unit::Seconds => format!("{value} s"),
        Unit::Bytes => format!("{value} B"),
        // In percent, without the tail that the multiplication leaves.
        Unit::Ratio => format!("{} %", format!("{:.12}", value * 100.0).trim_end_matches('0').trim_end_matches('.')),
    }
}

/// The first line that is not blank, without control characters, up to [`LONGEST`] characters.
pub(crate) fn shortened(text: &str) -> String {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let first: String = lines.next().unwrap_or_default().chars().filter(|c| !c.is_control()).take(LONGEST + 1).collect();
    if first.chars().count() > LONGEST || lines.next().is_some() {
        let kept: String = first.chars().take(LONGEST).collect();
        return format!("{}…", kept.trim_end());
    }
    first
}

fn yes_or_no(flag: bool) -> &'static str {
    if flag { "yes" } else { "no" }
}
