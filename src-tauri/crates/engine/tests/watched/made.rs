//! Two days made up from a seed: when collectors ran, what each series was, what was recorded.

use std::collections::BTreeMap;

pub const MINUTE: i64 = 60_000;
pub const HOUR: i64 = 60 * MINUTE;

/// Numbers from a seed (xorshift64*).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn number(&mut self) -> f64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 11) as f64 / (1_u64 << 53) as f64
    }

    pub fn between(&mut self, from: i64, until: i64) -> i64 {
        from + (self.number() * (until - from) as f64) as i64
    }
}

pub struct Series {
    pub name: &'static str,
    pub labels: Vec<(&'static str, String)>,
    pub counter: bool,
    pub samples: BTreeMap<i64, f64>,
}

impl Series {
    /// Of the collector that brings it: each has its own.
    pub fn key(&self) -> String {
        format!("shop/{}/{}", self.name, self.labels.last().map_or("", |(_, value)| value.as_str()))
    }
}

pub struct Alert {
    pub at: i64,
    pub system: &'static str,
    pub critical: bool,
    pub begins: bool,
}

pub struct Record {
    pub kind: &'static str,
    pub at: i64,
    pub word: &'static str,
}

pub struct Made {
    pub from: i64,
    pub until: i64,
    /// Between two ticks, unless nobody measures.
    pub rhythm: i64,
    pub ticks: Vec<i64>,
    pub series: Vec<Series>,
    pub alerts: Vec<Alert>,
    pub records: Vec<Record>,
}

/// How a seed differs from others.
pub struct Kind {
    pub rhythm: i64,
    /// From when collectors run at all, after the beginning of the watch.
    pub begun: i64,
    /// Stretches in which nobody measures, after the beginning of the watch.
    pub silences: Vec<(i64, i64)>,
    /// Stretches in which the service does not answer.
    pub outages: Vec<(i64, i64)>,
}

impl Made {
    pub fn new(seed: u64, from: i64, kind: &Kind) -> Self {
        let mut dice = Dice::new(seed);
        let until = from + 48 * HOUR;
        let offset = dice.between(0, kind.rhythm / 5_000) * 5_000;
        let first = (from + kind.begun).div_euclid(kind.rhythm) * kind.rhythm + offset;
        let silent = |at: i64| kind.silences.iter().any(|(begin, end)| (from + begin..from + end).contains(&at));
        let steps = (first..until + 2 * HOUR).step_by(usize::try_from(kind.rhythm).unwrap());
        let ticks: Vec<i64> = steps.filter(|at| !silent(*at)).collect();
        let out = |at: i64| kind.outages.iter().any(|(begin, end)| (from + begin..from + end).contains(&at));
        let late = from + dice.between(3, 30) * HOUR;
        let early = from + dice.between(31, 46) * HOUR;
        let mut series = Vec::new();
        for instance in ["a", "b"] {
            let base = 1.0 + dice.number();
            series.push(one(&ticks, "load", instance, false, |_| Some(base + dice.number())));
            let mut count = (dice.number() * 1e4).floor();
            let each = 1.0 + dice.number() * 50.0;
            series.push(one(&ticks, "requests_total", instance, true, |at| {
                // The service begins anew now and then.
                count = if dice.number() < 0.002 { (dice.number() * 5.0).floor() } else { count + (dice.number() * each).floor() };
                (!out(at)).then_some(count)
            }));
            let mut failed = 0.0;
            series.push(one(&ticks, "errors_total", instance, true, |at| {
                failed += f64::from(u8::from(dice.number() < 0.02));
                (!out(at)).then_some(failed)
            }));
        }
        series.push(one(&ticks, "service_up", "a", false, |at| (!out(at)).then(|| f64::from(u8::from(dice.number() > 0.003)))));
        series.push(one(&ticks, "temperature", "a", false, |_| Some(if dice.number() < 0.01 { f64::NAN } else { 20.0 + dice.number() })));
        let mut size = 4_096.0 * 1_000.0;
        series.push(one(&ticks, "file_bytes", "a", false, |_| {
            size += 4_096.0 * (dice.number() * 2.0).floor();
            Some(size)
        }));
        series.push(one(&ticks, "begins_late", "a", false, |at| (at >= late).then(|| dice.number())));
        series.push(one(&ticks, "ends_early", "a", false, |at| (at < early).then(|| dice.number())));
        // Another system's, which no query of this one may see.
        series.push(one(&ticks, "load", "other", false, |_| Some(1e6)));
        let mut made = Self { from, until, rhythm: kind.rhythm, ticks, series, alerts: Vec::new(), records: Vec::new() };
        made.record(&mut dice);
        made
    }

    fn record(&mut self, dice: &mut Dice) {
        let (from, until) = (self.from, self.until);
        let some: Vec<i64> = (0..dice.between(0, 6)).map(|_| dice.between(from + 1, until)).collect();
        for at in [from - HOUR, from, from + 1, until, until + 1, until + HOUR].into_iter().chain(some) {
            let critical = dice.number() < 0.4;
            self.alerts.push(Alert { at, system: "shop", critical, begins: true });
            self.alerts.push(Alert { at: at + 10 * MINUTE, system: "shop", critical, begins: false });
            self.alerts.push(Alert { at, system: "other", critical: true, begins: true });
        }
        for (kind, words) in [
            ("backup", ["succeeded", "failed", "cancelled", "interrupted"]),
            ("drill", ["passed", "failed", "unfinished", "partial"]),
            ("smoke", ["passed", "failed", "skipped", "passed"]),
        ] {
            let some: Vec<i64> = (0..dice.between(0, 40)).map(|_| dice.between(from, until)).collect();
            for at in [from - 1, from, until, until + 1].into_iter().chain(some) {
                let roll = dice.number();
                let word = if roll < 0.9 { words[0] } else { words[dice.between(0, 4) as usize] };
                self.records.push(Record { kind, at, word });
            }
        }
    }
}

fn one(ticks: &[i64], name: &'static str, instance: &str, counter: bool, mut value: impl FnMut(i64) -> Option<f64>) -> Series {
    let system = if instance == "other" { "desk" } else { "shop" };
    let labels = vec![("system", system.to_owned()), ("instance", instance.to_owned())];
    Series { name, labels, counter, samples: ticks.iter().filter_map(|at| Some((*at, value(*at)?))).collect() }
}
