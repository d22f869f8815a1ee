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
    let values = || measured.values.iter().map(|(_, value)| *value);
    match row.measure {
        Measure::Query(_, Over::Average) => (!measured.values.is_empty()).then(|| mean(values())),
        Measure::Query(_, Over::Least) => values().reduce(f64::min),
        Measure::Query(_, Over::Most) => values().reduce(f64::max),
        Measure::Query(_, Over::Growth) => {
            let (first, last) = (sum_at(measured, measured.values.first()?.0), sum_at(measured, measured.values.last()?.0));
            (first != 0.0).then(|| last / first - 1.0)
        }
        // Of several series, the one that is farthest from what is expected.
        Measure::Query(_, Over::Last | Over::Window) | Measure::Record(_) => {
            let end = measured.values.last()?.0;
            row.expect.worst(measured.values.iter().filter(|(at, _)| *at == end).map(|(_, value)| *value))
        }
    }
}

/// Several series at one moment together.
fn sum_at(measured: &Measured, moment: Instant) -> f64 {
    measured.values.iter().filter(|(at, _)| *at == moment).map(|(_, value)| value).sum()
}

#[allow(clippy::cast_precision_loss)] // minutes of a window
fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0_u64), |(sum, count), value| (sum + value, count + 1));
    sum / count as f64
}

/// When it was farthest from what is expected; none where one figure is for all.
fn worst(row: &Row, measured: &Measured) -> Option<Instant> {
    let Measure::Query(_, Over::Average | Over::Least | Over::Most) = row.measure else { return None };
    let farthest = row.expect.worst(measured.values.iter().map(|(_, value)| *value))?;
    measured.values.iter().find(|(_, value)| *value == farthest).map(|(at, _)| *at)
}

fn verdict(row: &Row, measured: &Measured, actual: f64, now: Instant) -> (RowVerdict, String) {
    let judged = row.expect.judge(&Found::Number(actual, unit_of(row.unit)), now);
    let certain = matches!(row.measure, Measure::Query(_, Over::Least | Over::Most));
    let of = measured.of.map_or_else(String::new, |of| format!(" of {of}"));
    let sentence = format!("{}{of}", judged.sentence);
    match judged.verdict {
        EvidenceVerdict::Unknown => (RowVerdict::Unknown, sentence),
        EvidenceVerdict::Fails if certain || measured.share >= SEEN => (RowVerdict::Fails, sentence),
        EvidenceVerdict::Holds if measured.share >= SEEN => (RowVerdict::Holds, sentence),
        EvidenceVerdict::Fails | EvidenceVerdict::Holds => {
            let share = amount(measured.share, Unit::Ratio);
            (RowVerdict::Unknown, format!("Measured for {share} of the window; in it {sentence}"))
        }
    }
}

fn nothing(row: &Row) -> &'static str {
    match row.measure {
        Measure::Query(_, Over::Growth) => "Nothing was measured to compare with",
        Measure::Query(..) => "Nothing was measured",
        Measure::Record(_) => "There was none in the window",
    }
}
