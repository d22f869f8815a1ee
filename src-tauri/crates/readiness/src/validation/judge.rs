//! The verdict over one target, and over all.

use quarterdeck_model::{
    Instant,
    monitor::Float,
    readiness::{EvidenceVerdict, RowVerdict, ValidationRow},
};

use super::{Measure, Measured, Over, Row, unit_of};
use crate::expect::{Found, Unit, amount};

/// A window that was measured for less than this share says nothing about means, growth and counts.
const SEEN: f64 = 0.9;

/// How one target was kept.
///
/// Unknown where nothing was measured, and where less than nine tenths of the window were: but a smallest or largest value that breaks
/// the target breaks it, whatever was not seen. `address` is where the proof is seen.
pub fn judge(row: &Row, measured: &Measured, now: Instant, address: Option<String>) -> ValidationRow {
    let actual = actual(row, measured);
    let worst = actual.and(worst(row, measured));
    let (verdict, sentence) = match actual {
        None => (RowVerdict::Unknown, nothing(row).to_owned()),
        Some(actual) => verdict(row, measured, actual, now),
    };
    let (how, query) = match &row.measure {
        Measure::Query(query, over) => (over.words(), Some(query.clone())),
        Measure::Record(record) => (record.words(), None),
    };
    ValidationRow {
        name: row.name.clone(),
        how: how.to_owned(),
        query,
        unit: row.unit,
        target: row.expect.words(),
        actual: actual.map(Float),
        shown: actual.map_or_else(|| "not measured".to_owned(), |actual| amount(actual, unit_of(row.unit))),
        verdict,
        sentence,
        measured: Float(measured.share),
        gaps: measured.gaps.clone(),
        worst,
        address,
    }
}

/// Over all rows: fails where any fails, else unknown where any is.
pub fn overall(rows: &[ValidationRow]) -> RowVerdict {
    let any = |verdict| rows.iter().any(|row| row.verdict == verdict);
    match () {
        () if any(RowVerdict::Fails) => RowVerdict::Fails,
        () if any(RowVerdict::Unknown) || rows.is_empty() => RowVerdict::Unknown,
        () => RowVerdict::Holds,
    }
}

fn actual(row: &Row, measured: &Measured) -> Option<f64> {
    let over = if let Measure::Query(_, over) = row.measure { over } else { Over::Last };
    measured.tally.figure(over, &row.expect)
}

/// When it was farthest from what is expected; none where one figure is for all.
fn worst(row: &Row, measured: &Measured) -> Option<Instant> {
    let Measure::Query(_, Over::Average | Over::Least | Over::Most) = row.measure else { return None };
    measured.tally.worst()
}

/// A share that was measured, in words; rounded down, so that nobody takes 89.97 % for 90 %.
pub fn covered(share: f64) -> String {
    amount((share * 1_000.0 + 1e-9).floor() / 1_000.0, Unit::Ratio)
}

fn verdict(row: &Row, measured: &Measured, actual: f64, now: Instant) -> (RowVerdict, String) {
    let judged = row.expect.judge(&Found::Number(actual, unit_of(row.unit)), now);
    let certain = matches!(row.measure, Measure::Query(_, Over::Least | Over::Most));
    let of = measured.of.map_or_else(String::new, |of| format!(" of {of}"));
    let sentence = format!("{}{of}", judged.sentence);
    match judged.verdict {
        EvidenceVerdict::Unknown => (RowVerdict::Unknown, sentence),
        EvidenceVerdict::Fails if certain || measured.share >= SEEN => (RowVerdict::Fails, with_worst(row, measured, sentence)),
        EvidenceVerdict::Holds if measured.share >= SEEN => (RowVerdict::Holds, sentence),
        EvidenceVerdict::Fails | EvidenceVerdict::Holds => {
            let share = covered(measured.share);
            (RowVerdict::Unknown, format!("Measured for {share} of the window; in it {sentence}"))
        }
    }
}

/// A sentence that names the worst moment, where one is.
fn with_worst(row: &Row, measured: &Measured, sentence: String) -> String {
    let worst = worst(row, measured).map(|at| format!("; worst at {}", at.format("%-d %b, %H:%M UTC")));
    sentence + &worst.unwrap_or_default()
}

fn nothing(row: &Row) -> &'static str {
    match row.measure {
        Measure::Query(_, Over::Growth) => "Nothing was measured to compare with",
        Measure::Query(..) => "Nothing was measured",
        Measure::Record(_) => "There was none in the window",
    }
}
