//! What the application measures of itself, in Prometheus's text format (0.0.4).

use std::{collections::BTreeMap, fmt::Write, time::Duration};

use quarterdeck_model::Instant;

use super::{super::writer::Act, MOST_CONNECTIONS};

/// Upper bounds of the buckets, in seconds: around what is promised of each.
const BOUNDS: [f64; 14] = [0.0005, 0.001, 0.0025, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5];

/// Names, types and meanings, in the order in which they are served.
const METRICS: [(&str, &str, &str); 14] = [
    ("appeals_submitted_total", "counter", "Appeals that were submitted."),
    ("appeals_reviewed_total", "counter", "Steps of reviews that were made."),
    ("negotiation_messages_total", "counter", "Messages that were sent."),
    ("appeal_submission_seconds", "histogram", "How long a submission took."),
    ("appeal_review_seconds", "histogram", "How long a step of a review took."),
    ("message_send_seconds", "histogram", "How long sending a message took."),
    ("thread_load_seconds", "histogram", "How long loading a thread of up to 100 messages took."),
    ("recovery_prediction_seconds", "histogram", "How long asking for an expected recovery took."),
    ("approval_prediction_seconds", "histogram", "How long asking for the probability of an approval took."),
    ("api_requests_total", "counter", "Requests, by route and code."),
    ("api_request_seconds", "histogram", "How long requests took, by route."),
    ("db_connections_in_use", "gauge", "Requests that use or wait for the database."),
    ("db_connections_most", "gauge", "How many may."),
    ("process_start_time_seconds", "gauge", "When the application began, in seconds since 1970."),
];

/// All of it.
pub(super) struct Figures {
    /// By name and labels.
    numbers: BTreeMap<(&'static str, String), f64>,
    histograms: BTreeMap<(&'static str, String), Histogram>,
}

#[derive(Default)]
struct Histogram {
    counts: [u64; BOUNDS.len()],
    count: u64,
    sum: f64,
}

impl Figures {
    pub(super) fn begin(now: Instant) -> Self {
        let mut figures = Self { numbers: BTreeMap::new(), histograms: BTreeMap::new() };
        for counter in ["appeals_submitted_total", "appeals_reviewed_total", "negotiation_messages_total"] {
            figures.add(counter, "", 0.0);
        }
        // A counter that begins with its first failure would hide that failure from every rate.
        for route in ["POST /appeals", "POST /appeals/{id}/messages", "POST /appeals/{id}/review"] {
            figures.add("api_requests_total", &labels(route, "500"), 0.0);
        }
        figures.add("db_connections_most", "", f64::from(MOST_CONNECTIONS));
        figures.add("process_start_time_seconds", "", now.timestamp_millis() as f64 / 1_000.0);
        figures.connections(0);
        figures
    }

    /// An act was carried out.
    pub(super) fn acted(&mut self, act: Act, took: Duration) {
        let (counter, histogram) = match act {
            Act::Submit => ("appeals_submitted_total", "appeal_submission_seconds"),
            Act::Talk => ("negotiation_messages_total", "message_send_seconds"),
            Act::Decide => ("appeals_reviewed_total", "appeal_review_seconds"),
        };
        self.add(counter, "", 1.0);
        self.took(histogram, "", took);
    }

    /// A request was answered.
    pub(super) fn answered(&mut self, route: &str, took: Duration) {
        self.add("api_requests_total", &labels(route, "200"), 1.0);
        self.took("api_request_seconds", &format!("route={route:?}"), took);
    }

    /// A request failed.
    pub(super) fn failed(&mut self, route: &str) {
        self.add("api_requests_total", &labels(route, "500"), 1.0);
    }

    /// So many use the database.
    pub(super) fn connections(&mut self, now: u32) {
        self.numbers.insert(("db_connections_in_use", String::new()), f64::from(now));
    }

    /// Something took so long.
    pub(super) fn took(&mut self, histogram: &'static str, labels: &str, took: Duration) {
        let histogram = self.histograms.entry((histogram, labels.to_owned())).or_default();
        let seconds = took.as_secs_f64();
        for (count, bound) in histogram.counts.iter_mut().zip(BOUNDS) {
            *count += u64::from(seconds <= bound);
        }
        histogram.count += 1;
        histogram.sum += seconds;
    }

    fn add(&mut self, name: &'static str, labels: &str, by: f64) {
        *self.numbers.entry((name, labels.to_owned())).or_default() += by;
    }

    /// The text that is served.
    pub(super) fn text(&self) -> String {
        let mut out = String::new();
        for (name, kind, help) in METRICS {
            let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
            for ((_, labels), value) in self.numbers.iter().filter(|((of, _), _)| *of == name) {
                let _ = writeln!(out, "{name}{} {value}", braced(labels));
            }
            for ((_, labels), histogram) in self.histograms.iter().filter(|((of, _), _)| *of == name) {
                histogram.write(name, labels, &mut out);
            }
        }
        out
    }
}

impl Histogram {
    fn write(&self, name: &str, labels: &str, out: &mut String) {
        let before = if labels.is_empty() { String::new() } else { format!("{labels},") };
        for (bound, count) in BOUNDS.iter().zip(self.counts) {
            let _ = writeln!(out, "{name}_bucket{{{before}le=\"{bound}\"}} {count}");
        }
        let _ = writeln!(out, "{name}_bucket{{{before}le=\"+Inf\"}} {}", self.count);
        let _ = writeln!(out, "{name}_sum{} {}\n{name}_count{} {}", braced(labels), self.sum, braced(labels), self.count);
    }
}

fn labels(route: &str, code: &str) -> String {
    format!("code={code:?},route={route:?}")
}

fn braced(labels: &str) -> String {
    if labels.is_empty() { String::new() } else { format!("{{{labels}}}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_hold_all_that_is_at_most_their_bound() {
        let mut figures = Figures::begin(Instant::default());
        figures.acted(Act::Decide, Duration::from_millis(11));
        figures.acted(Act::Decide, Duration::from_millis(31));
        figures.failed("POST /appeals");
        let text = figures.text();
        for line in [
            "appeals_reviewed_total 2",
            "appeal_review_seconds_bucket{le=\"0.01\"} 0",
            "appeal_review_seconds_bucket{le=\"0.015\"} 1",
            "appeal_review_seconds_bucket{le=\"0.05\"} 2",
            "appeal_review_seconds_bucket{le=\"+Inf\"} 2",
            "appeal_review_seconds_count 2",
            "api_requests_total{code=\"500\",route=\"POST /appeals\"} 1",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
        }
    }
}
