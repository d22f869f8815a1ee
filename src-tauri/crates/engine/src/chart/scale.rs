//! Axes: round figures with units, and moments as people read them. Pure.

use chrono::{DateTime, FixedOffset, Local, TimeDelta, Utc};
use quarterdeck_model::{Instant, monitor::PanelUnit};

/// Values from bottom to top, and round ones in between.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Axis {
    pub bottom: f64,
    pub top: f64,
    pub ticks: Vec<f64>,
    unit: Unit,
}

/// What one is, in a unit of people.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Unit {
    one: f64,
    sign: &'static str,
    behind: &'static str,
}

impl Axis {
    /// An axis that holds `least` to `most`; where its ends are given, it keeps to them. `room` is how many ticks have room.
    pub(super) fn of((least, most): (f64, f64), (from, to): (Option<f64>, Option<f64>), unit: PanelUnit, room: usize) -> Self {
        // What never falls below zero is seen beside zero, unless it moves far above it.
        let least = from.unwrap_or(if least > 0.0 && least < most * 0.6 { 0.0 } else { least });
        let most = to.unwrap_or(most).max(least);
        let apart = if most > least { most - least } else { least.abs().max(1.0) };
        let largest = most.abs().max(least.abs());
        let (unit, apart) = (Unit::of(unit, largest), apart.max(largest * 1e-9));
        let step = round(apart / unit.one / room.max(1) as f64) * unit.one;
        let bottom = from.unwrap_or_else(|| (least / step).floor() * step);
        let top = to.filter(|to| *to > bottom).unwrap_or_else(|| (most / step).ceil() * step);
        let top = if top > bottom { top } else { bottom + step };
        let first = (bottom / step).ceil();
        let ticks = (0..=room * 3).map(|tick| (first + tick as f64) * step).take_while(|tick| *tick <= top + step * 1e-6).collect();
        Self { bottom, top, ticks, unit }
    }

    /// A value of the axis in words.
    pub(super) fn words(&self, value: f64) -> String {
        if self.unit.sign == "moment" {
            return moment(value);
        }
        let step = self.ticks.windows(2).map(|pair| pair[1] - pair[0]).next().unwrap_or(self.top - self.bottom) / self.unit.one;
        self.unit.words(value, decimals(step))
    }
}

/// A single value in words, three figures long.
pub(super) fn words(value: f64, unit: PanelUnit) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    if unit == PanelUnit::Moment {
        return moment(value);
    }
    let unit = Unit::of(unit, value.abs());
    let size = (value / unit.one).abs();
    let places = if size == 0.0 || size.fract() == 0.0 { 0 } else { decimals(size / 100.0).min(6) };
    unit.words(value, places)
}

impl Unit {
    fn of(unit: PanelUnit, size: f64) -> Self {
        const SECONDS: [(f64, &str, f64); 6] = [
            (1e-6, "µs", 1e-3),
            (1e-3, "ms", 1.0),
            (1.0, "s", 120.0),
            (60.0, "min", 7_200.0),
            (3_600.0, "h", 172_800.0),
            (86_400.0, "d", f64::MAX),
        ];
        const BYTES: [(f64, &str, f64); 6] =
            [(1.0, "B", 1e3), (1e3, "kB", 1e6), (1e6, "MB", 1e9), (1e9, "GB", 1e12), (1e12, "TB", 1e15), (1e15, "PB", f64::MAX)];
        const NUMBERS: [(f64, &str, f64); 4] = [(1.0, "", 1e4), (1e3, "k", 1e6), (1e6, "M", 1e9), (1e9, "G", f64::MAX)];
        let among = |steps: &[(f64, &'static str, f64)], behind| {
            let small = |one: f64| size == 0.0 && one < 1.0;
            let (one, sign, _) = steps.iter().find(|(one, _, below)| size < *below && !small(*one)).copied().unwrap_or((1.0, "", 0.0));
            Self { one, sign, behind }
        };
        match unit {
            PanelUnit::Seconds => among(&SECONDS, ""),
            PanelUnit::Bytes => among(&BYTES, ""),
            PanelUnit::BytesPerSecond => among(&BYTES, "/s"),
            PanelUnit::Number => among(&NUMBERS, ""),
            PanelUnit::PerSecond => among(&NUMBERS, "/s"),
            PanelUnit::PerMinute => among(&NUMBERS, "/min"),
            PanelUnit::Ratio => Self { one: 0.01, sign: "%", behind: "" },
            PanelUnit::Moment => Self { one: 3_600.0, sign: "moment", behind: "" },
        }
    }

    fn words(&self, value: f64, places: usize) -> String {
        let number = format!("{:.places$}", value / self.one);
        let number = if number.trim_start_matches('-').chars().all(|c| c == '0' || c == '.') { number.replace('-', "") } else { number };
        let blank = if self.sign.len() + self.behind.len() == 0 { "" } else { " " };
        format!("{number}{blank}{}{}", self.sign, self.behind)
    }
}

/// The next of 1, 2, 5, 10 … that is not below.
fn round(step: f64) -> f64 {
    let power = 10_f64.powf(step.log10().floor());
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|factor| factor * power).find(|round| *round >= step * (1.0 - 1e-9)).unwrap_or(step)
}

fn decimals(step: f64) -> usize {
    if step > 0.0 && step < 1.0 { (-step.log10()).ceil().min(9.0) as usize } else { 0 }
}

fn moment(seconds: f64) -> String {
    DateTime::from_timestamp(seconds as i64, 0).map(|at| at.with_timezone(&Local).format("%-d %b %H:%M").to_string()).unwrap_or_default()
}

/// By whose clock moments are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Zone {
    /// This machine's.
    #[default]
    Here,
    /// UTC, as in reports, which are read elsewhere.
    Utc,
}

impl Zone {
    fn tell(self, at: Instant) -> DateTime<FixedOffset> {
        match self {
            Self::Here => at.with_timezone(&Local).fixed_offset(),
            Self::Utc => at.fixed_offset(),
        }
    }
}

/// Distances of moments on an axis, in seconds.
const DISTANCES: [i64; 24] = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800, 1_209_600,
    2_592_000, 7_776_000, 31_536_000,
];

/// Moments between two others as a clock shows them, at most `room` of them.
pub(super) fn moments(from: Instant, until: Instant, room: usize, by: Zone) -> Vec<(Instant, String)> {
    let span = (until - from).num_seconds().max(1);
    let room = i64::try_from(room.max(1)).unwrap_or(1);
    let apart = DISTANCES.into_iter().find(|apart| span / apart <= room).unwrap_or(span);
    let zone = i64::from(by.tell(from).offset().local_minus_utc());
    let first = (from.timestamp() + zone).div_euclid(apart) * apart + apart - zone;
    let first = if (from.timestamp() + zone).rem_euclid(apart) == 0 { from.timestamp() } else { first };
    let ticks = (0..=room).map(|tick| first + tick * apart).take_while(|at| *at <= until.timestamp());
    let named = ticks.filter_map(|at| {
        let local = by.tell(DateTime::from_timestamp(at, 0)?);
        let midnight = (at + zone).rem_euclid(86_400) == 0;
        let form = match apart {
            86_400.. => "%-d %b",
            _ if midnight => "%-d %b",
            60.. => "%H:%M",
            _ => "%H:%M:%S",
        };
        Some((local.with_timezone(&Utc), local.format(form).to_string()))
    });
    named.collect()
}

/// From when to when, and by whose clock.
pub(super) fn stretch(from: Instant, until: Instant, by: Zone) -> String {
    let (from, until) = (by.tell(from), by.tell(until));
    let form = if until - from < TimeDelta::minutes(10) { "%-d %b %Y %H:%M:%S" } else { "%-d %b %Y %H:%M" };
    let end = if from.date_naive() == until.date_naive() { &form[10..] } else { form };
    let zone = if by == Zone::Utc { "UTC".to_owned() } else { format!("UTC{}", until.format("%:z")) };
    format!("{} – {} {zone}", from.format(form), until.format(end.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ticks(least: f64, most: f64, unit: PanelUnit) -> Vec<String> {
        let axis = Axis::of((least, most), (None, None), unit, 5);
        axis.ticks.iter().map(|tick| axis.words(*tick)).collect()
    }

    #[test]
    fn ticks_are_round_in_the_unit_that_people_use() {
        assert_eq!(ticks(0.003, 0.031, PanelUnit::Seconds), ["0 ms", "10 ms", "20 ms", "30 ms", "40 ms"]);
        assert_eq!(ticks(0.0, 2.41e9, PanelUnit::Bytes), ["0.0 GB", "0.5 GB", "1.0 GB", "1.5 GB", "2.0 GB", "2.5 GB"]);
        assert_eq!(ticks(0.0, 0.068, PanelUnit::Ratio), ["0 %", "2 %", "4 %", "6 %", "8 %"]);
        assert_eq!(ticks(990.0, 1_000.0, PanelUnit::Number), ["990", "992", "994", "996", "998", "1000"]);
        assert_eq!(ticks(7.0, 7.0, PanelUnit::PerSecond).len(), 2);
    }

    #[test]
    fn single_values_have_three_figures() {
        assert_eq!(words(0.0312, PanelUnit::Seconds), "31.2 ms");
        assert_eq!(words(0.0, PanelUnit::Seconds), "0 s");
        assert_eq!(words(12_345_678.0, PanelUnit::BytesPerSecond), "12.3 MB/s");
        assert_eq!(words(3.0, PanelUnit::Number), "3");
        assert_eq!(words(f64::NAN, PanelUnit::Ratio), "NaN");
    }

    #[test]
    fn moments_are_round_by_the_clock() {
        let from = DateTime::from_timestamp(1_700_000_123, 0).unwrap();
        let found = moments(from, from + TimeDelta::hours(6), 7, Zone::Here);
        assert_eq!(found.len(), 6);
        assert!(found.iter().all(|(at, words)| at.timestamp() % 1_800 == 0 && !words.is_empty()), "{found:?}");
    }

    #[test]
    fn a_report_tells_moments_by_utc_wherever_it_is_made() {
        let from = DateTime::from_timestamp(1_793_491_200, 0).unwrap(); // 1 Nov 2026
        let until = from + TimeDelta::days(30);
        assert_eq!(stretch(from, until, Zone::Utc), "1 Nov 2026 00:00 – 1 Dec 2026 00:00 UTC");
        let words: Vec<String> = moments(from, until, 6, Zone::Utc).into_iter().map(|(_, words)| words).collect();
        assert_eq!(words[0], "5 Nov");
    }

    proptest! {
        #[test]
        fn an_axis_holds_its_values_and_ends_somewhere(least in -1e12..1e12_f64, more in 0.0..1e12_f64) {
            for unit in PanelUnit::WORDS.map(|(_, unit)| unit) {
                let axis = Axis::of((least, least + more), (None, None), unit, 5);
                prop_assert!(axis.bottom <= least + more * 1e-9 + 1e-3 && axis.top >= least + more - more * 1e-9 - 1e-3);
                prop_assert!(axis.top > axis.bottom && axis.ticks.len() <= 16);
            }
        }
    }
}
