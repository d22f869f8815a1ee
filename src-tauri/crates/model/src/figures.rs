//! Numbers and moments as sentences say them: three figures and their unit, this machine's time zone.

use chrono::{DateTime, Datelike, Local};

use crate::{Bytes, Count, Instant, monitor::PanelUnit};

/// A value in its unit, with three figures: `31 ms`, `6.8 %`, `12 MB/s`.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // three figures are shown
pub fn value(value: f64, unit: PanelUnit) -> String {
    if !value.is_finite() {
        return if value.is_nan() { "no number".to_owned() } else { format!("{}infinite", if value < 0.0 { "minus " } else { "" }) };
    }
    let bytes = |value: f64| format!("{}{}", if value < 0.0 { "-" } else { "" }, Bytes(value.abs().round() as u64));
    match unit {
        PanelUnit::Number => figures(value),
        PanelUnit::Seconds => seconds(value),
        PanelUnit::Bytes => bytes(value),
        PanelUnit::BytesPerSecond => format!("{}/s", bytes(value)),
        PanelUnit::Ratio => format!("{} %", figures(value * 100.0)),
        PanelUnit::PerSecond => format!("{}/s", figures(value)),
        PanelUnit::PerMinute => format!("{}/min", figures(value)),
        PanelUnit::Moment => DateTime::from_timestamp(value as i64, 0).map_or_else(|| figures(value), |at| at.to_rfc3339()),
    }
}

fn seconds(value: f64) -> String {
    match value.abs() {
        0.0 => "0 s".to_owned(),
        size if size < 1e-3 => format!("{} µs", figures(value * 1e6)),
        size if size < 1.0 => format!("{} ms", figures(value * 1e3)),
        size if size < 600.0 => format!("{} s", figures(value)),
        size if size < 7_200.0 => format!("{} min", figures(value / 60.0)),
        size if size < 172_800.0 => format!("{} h", figures(value / 3_600.0)),
        _ => format!("{} d", figures(value / 86_400.0)),
    }
}

/// Three figures, without zeros at the end; thousands parted by commas.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // below 1e15
pub fn figures(value: f64) -> String {
    let size = value.abs();
    if size == 0.0 {
        return "0".to_owned();
    }
    if !(1e-4..1e15).contains(&size) {
        return format!("{value:.2e}");
    }
    if size >= 999.5 {
        return format!("{}{}", if value < 0.0 { "-" } else { "" }, Count(size.round() as u64));
    }
    let before = size.log10().floor() as i32 + 1;
    let behind = usize::try_from(3 - before).unwrap_or(0);
    let text = format!("{value:.behind$}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// A moment as people write it, in this machine's time zone: `22 Nov 13:40`, with the year where it is not this one.
pub fn moment(at: Instant, now: Instant) -> String {
    let (at, now): (DateTime<Local>, DateTime<Local>) = (at.into(), now.into());
    let format = if at.year() == now.year() { "%-d %b %H:%M" } else { "%-d %b %Y %H:%M" };
    at.format(format).to_string()
}

/// A moment in this machine's time zone: `13:42` where it is today, else `22 Nov 13:42`.
pub fn when(at: Instant, now: Instant) -> String {
    let (local, today): (DateTime<Local>, DateTime<Local>) = (at.into(), now.into());
    if local.date_naive() == today.date_naive() { local.format("%H:%M").to_string() } else { moment(at, now) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_three_figures_and_their_unit() {
        for (number, unit, text) in [
            (0.031_4, PanelUnit::Seconds, "31.4 ms"),
            (0.031, PanelUnit::Seconds, "31 ms"),
            (0.000_25, PanelUnit::Seconds, "250 µs"),
            (90.0, PanelUnit::Seconds, "90 s"),
            (7_000.0, PanelUnit::Seconds, "117 min"),
            (0.0, PanelUnit::Seconds, "0 s"),
            (0.068, PanelUnit::Ratio, "6.8 %"),
            (1.0, PanelUnit::Ratio, "100 %"),
            (12_000_000.0, PanelUnit::BytesPerSecond, "12.0 MB/s"),
            (1_234_567.0, PanelUnit::Number, "1,234,567"),
            (-0.5, PanelUnit::PerSecond, "-0.5/s"),
            (1e-9, PanelUnit::Number, "1.00e-9"),
            (f64::NAN, PanelUnit::Number, "no number"),
            (f64::NEG_INFINITY, PanelUnit::Number, "minus infinite"),
        ] {
            assert_eq!(value(number, unit), text, "{number}");
        }
    }
}
