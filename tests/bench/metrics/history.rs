//! A day of a thousand series, as OpenMetrics text.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::Path,
};

/// 2026-01-01T00:00:00Z, in seconds.
pub const BEGIN: i64 = 1_767_225_600;

/// Seconds between two samples.
const RHYTHM: i64 = 15;

/// Samples lie so many seconds behind the full minute: then no sample is exactly as old as a range is long. Prometheus before 3.0 counts such
/// a one as part of the range, later ones and we do not.
const BESIDE: i64 = 7;

const INSTANCES: u64 = 20;

/// Writes `hours` of the series to a file; how many samples there are.
pub fn write(path: &Path, hours: i64) -> usize {
    let mut out = Text { out: BufWriter::new(File::create(path).unwrap()), samples: hours * 3_600 / RHYTHM, written: 0, dice: Dice(7) };
    out.family("http_requests_total", "counter", "handler", 10, |dice, part, before, _| {
        // Processes start anew now and then.
        if dice.below(6_000) == 0 { 0.0 } else { before + dice.below(4 + part * 9) as f64 }
    });
    out.family("request_seconds_bucket", "counter", "le", 10, |dice, part, before, _| before + (dice.below(10 + part) + part) as f64);
    out.family("core_temperature_celsius", "gauge", "core", 15, |dice, part, _, at| {
        45.0 + part as f64 + 20.0 * (at as f64 / 9_000.0).sin() + 3.0 * dice.share()
    });
    out.family("memory_bytes", "gauge", "area", 10, |dice, part, before, _| {
        let grown = if dice.below(20) == 0 { 4_096.0 * dice.below(100) as f64 } else { 0.0 };
        if before == 0.0 { 1e6 * (part + 1) as f64 } else { before + grown }
    });
    out.family("memory_limit_bytes", "gauge", "", 1, |_, _, _, _| 8.0 * 1_073_741_824.0);
    out.family("setting_number", "gauge", "setting", 4, |_, part, _, _| part as f64);
    out.out.write_all(b"# EOF\n").unwrap();
    out.out.flush().unwrap();
    out.written
}

struct Text {
    out: BufWriter<File>,
    samples: i64,
    written: usize,
    dice: Dice,
}

impl Text {
    /// Each instance, each part: the value before and the time make the next value.
    fn family(&mut self, name: &str, kind: &str, label: &str, parts: u64, next: impl Fn(&mut Dice, u64, f64, i64) -> f64) {
        writeln!(self.out, "# TYPE {} {kind}", name.trim_end_matches("_total")).unwrap();
        for instance in 0..INSTANCES {
            for part in 0..parts {
                let more = match label {
                    "" => String::new(),
                    "le" if part + 1 == parts => r#",le="+Inf""#.to_owned(),
                    "le" => format!(r#",le="{}""#, 0.005 * f64::from(1 << part)),
                    label => format!(r#",{label}="{label}-{part}""#),
                };
                let labels = format!(r#"{name}{{job="job-{}",instance="10.0.0.{instance}:9100"{more}}}"#, instance % 5);
                // Before 3.0 a counter near zero was extended differently at its beginning.
                let mut value = if kind == "counter" { 1e5 } else { 0.0 };
                for n in 0..self.samples {
                    let at = BEGIN + BESIDE + n * RHYTHM;
                    value = next(&mut self.dice, part, value, at - BEGIN);
                    writeln!(self.out, "{labels} {value} {at}").unwrap();
                    self.written += 1;
                }
            }
        }
    }
}

/// The same throws each time (splitmix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}
