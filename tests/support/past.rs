//! A past: series as collectors would have measured them, for pages that need more than a test can wait for.

use std::{path::Path, sync::Arc};

use quarterdeck_model::{Clock as _, SystemClock};
use quarterdeck_monitor::{
    gathered::{Density, Nature, Reading},
    labels::Labels,
    sample::Sample,
    series::{Policy, Writer},
};

const MINUTE: i64 = 60_000;
const DAY: i64 = 24 * 60 * MINUTE;

/// Bounds of the buckets of a histogram, in seconds.
const BOUNDS: [f64; 9] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5];

/// Histograms of the example's application, with the median of each in seconds: well within what is promised.
const TOOK: [(&str, f64); 7] = [
    ("appeal_submission_seconds", 0.002),
    ("appeal_review_seconds", 0.005),
    ("message_send_seconds", 0.0013),
    ("thread_load_seconds", 0.001),
    ("recovery_prediction_seconds", 0.0003),
    ("approval_prediction_seconds", 0.0003),
    ("api_request_seconds", 0.002),
];

/// Series written into a home in which nobody measures.
pub struct Past {
    writer: Writer,
    /// When it ends, in milliseconds since 1970.
    pub until: i64,
}

impl Past {
    /// Of this home, up to now.
    pub fn of(home: &Path) -> Self {
        let writer = Writer::open(&home.join("series"), Policy::default(), Arc::new(SystemClock)).unwrap();
        let mut past = Self { writer, until: SystemClock.now().timestamp_millis() / 1_000 * 1_000 };
        // Where this one is missing, nobody measured.
        past.series("quarterdeck/collecting", Nature::Gauge, &[("__name__", "quarterdeck_collecting")], (60, MINUTE), |_| 1.0);
        past
    }

    /// Adds a series of a collector: so many steps up to its end, and the value of each by how long before that it lies.
    pub fn series(
        &mut self,
        plan: &str,
        nature: Nature,
        labels: &[(&str, &str)],
        (steps, apart): (i64, i64),
        mut value: impl FnMut(i64) -> f64,
    ) {
        let reading = Reading { labels: Labels::new(labels.iter().copied()), value: 0.0, nature, density: Density::Dense };
        let back = (0..steps).rev().map(|step| step * apart);
        let samples: Vec<Sample> = back.map(|back| Sample { at: self.until - back, value: value(back) }).collect();
        self.writer.backfill(&reading, plan, &samples).unwrap();
    }
}

/// A day of the example in which every promise was kept and its file grew steadily to `size` bytes, measured each minute.
pub fn of_the_example(home: &Path, size: u64) {
    let mut past = Past::of(home);
    let day = (DAY / MINUTE, MINUTE);
    let service =
        |metric: &'static str| vec![("__name__", metric), ("system", "reputation"), ("job", "service"), ("instance", "127.0.0.1:9188")];
    for (metric, median) in TOOK {
        let name = format!("{metric}_bucket");
        for bound in BOUNDS.iter().copied().chain([f64::INFINITY]) {
            let le = if bound.is_finite() { bound.to_string() } else { "+Inf".to_owned() };
            let labels: Vec<(&str, &str)> =
                [("__name__", name.as_str()), ("le", le.as_str())].into_iter().chain(service(metric).into_iter().skip(1)).collect();
            // Log-logistic: the 95th percentile is about twice the median.
            let share = 1.0 / (1.0 + (median / bound).powi(4));
            let mut counted = 0.0;
            past.series("reputation/scrape/service", Nature::Counter, &labels, day, |_| {
                counted += (300.0 * share).round();
                counted
            });
        }
    }
    for (code, each) in [("200", 300.0), ("500", 0.0)] {
        let labels: Vec<(&str, &str)> =
            service("api_requests_total").into_iter().chain([("code", code), ("route", "POST /appeals")]).collect();
        let mut counted = 0.0;
        past.series("reputation/scrape/service", Nature::Counter, &labels, day, |_| {
            counted += each;
            counted
        });
    }
    let probe = [("__name__", "probe_success"), ("system", "reputation"), ("job", "probe"), ("instance", "http://127.0.0.1:9188/health")];
    past.series("reputation/probe/service", Nature::Gauge, &probe, day, |_| 1.0);
    let file = [
        ("__name__", "sqlite_file_bytes"),
        ("system", "reputation"),
        ("environment", "development"),
        ("job", "sqlite"),
        ("instance", "reputation/main"),
        ("component", "main"),
    ];
    past.series("reputation/sqlite/main", Nature::Gauge, &file, day, |back| {
        ((size as f64) * (1.0 - 0.02 * back as f64 / DAY as f64) / 4_096.0).floor() * 4_096.0
    });
}
