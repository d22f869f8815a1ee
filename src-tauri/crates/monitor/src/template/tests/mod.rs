//! Templates held against what Prometheus and Alertmanager say of them.

mod bad_input;
mod language;
mod messages;
mod pages;
mod rules;

use quarterdeck_model::Outcome;

use super::rule::{self, Asks, Facts};
use crate::labels::Labels;

/// What a query finds.
struct Found(Vec<(Labels, f64)>);

impl Asks for Found {
    fn ask(&self, _: &str) -> Outcome<Vec<(Labels, f64)>> {
        Ok(self.0.clone())
    }
}

fn labels(pairs: &[(&str, &str)]) -> Labels {
    Labels::new(pairs.iter().map(|(name, value)| (*name, *value)))
}

/// A rule's text, for a series with the labels `job` and `instance` and the value 1234567.
fn rule(text: &str) -> Outcome<String> {
    let labels = labels(&[("job", "shop"), ("instance", "a.example.org:9100")]);
    let facts = Facts {
        labels: &labels,
        external: &Labels::new([("cluster", "north")]),
        external_url: "http://testhost:9090/path/prefix",
        value: 1_234_567.0,
        at: 1_353_755_652_000,
    };
    let of = |instance: &str, value: f64| (Labels::new([("__name__", "metric"), ("instance", instance)]), value);
    rule::expand(text, &facts, &Found(vec![of("b", 21.0), of("a", 11.5)]))
}

/// What a rule's template says of itself, in one line.
fn said(text: &str) -> String {
    rule(text).unwrap_or_else(|fault| fault.message)
}

/// Each text expands to what stands beside it.
fn all(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(said(text), *expected, "{text}");
    }
}
