//! `/proc/pressure`: how long work waited for a resource (<https://docs.kernel.org/accounting/psi.html>).

use crate::gathered::Gathered;

/// The resources that are told.
pub(super) const RESOURCES: [&str; 3] = ["cpu", "io", "memory"];

/// Seconds in which some work waited, and in which all of it did. The latter says nothing about processors: somebody always runs.
pub(super) fn read(resource: &str, text: &str, into: &mut Gathered) {
    for line in text.lines() {
        let Some(micros) = line.split_ascii_whitespace().find_map(|field| field.strip_prefix("total=")?.parse::<f64>().ok()) else {
            continue;
        };
        match line.split_ascii_whitespace().next() {
            Some("some") => into.counter(&format!("node_pressure_{resource}_waiting_seconds_total"), &[], micros / 1e6),
            Some("full") if resource != "cpu" => {
                into.counter(&format!("node_pressure_{resource}_stalled_seconds_total"), &[], micros / 1e6);
            }
            _ => {}
        }
    }
}
