//! Alerts in words: how grave, what about, which value.

use std::collections::BTreeMap;

use quarterdeck_model::{
    Instant,
    alert::{AlertEvent, AlertEventKind, AlertName, AlertSeverity},
    monitor::Float,
    system::{Environment, Name},
};
use quarterdeck_monitor::{alert::Alert, labels::Labels, promql::limit::Compared, sample::Moment};

use crate::health::words;

/// How much it matters, by the label `severity`.
pub(super) fn severity(label: &str) -> AlertSeverity {
    match label.trim().to_ascii_lowercase().as_str() {
        "critical" | "page" | "error" | "high" | "p1" | "emergency" | "fatal" | "disaster" | "crit" | "sev1" => AlertSeverity::Critical,
        "info" | "information" | "informational" | "minor" | "low" | "none" | "notice" | "debug" | "p3" | "p4" | "p5" | "sev3" => {
            AlertSeverity::Low
        }
        _ => AlertSeverity::Warning,
    }
}

/// The system that labels are about.
pub(super) fn system(labels: &BTreeMap<String, String>) -> Option<Name> {
    labels.get("system")?.parse().ok()
}

/// The environment in labels.
pub(super) fn environment(labels: &BTreeMap<String, String>) -> Option<Environment> {
    labels.get("environment")?.parse().ok()
}

/// What an alert is about, beside its system.
pub(super) fn target(labels: &BTreeMap<String, String>) -> Option<String> {
    ["component", "database", "instance", "job"].iter().find_map(|label| labels.get(*label)).cloned()
}

/// What one line may hold: no line breaks, nothing that steers a screen, not too much.
pub(crate) fn line(text: &str) -> String {
    const MOST: usize = 400;
    let plain = super::markdown::plain(text);
    let line = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= MOST { line } else { line.chars().take(MOST - 1).chain(['…']).collect() }
}

/// A value beside its limit: `6.8, limit > 5`.
pub(super) fn value(value: f64, compared: Option<&Compared>) -> String {
    let shown = words::figures(value);
    let shown = if value.is_nan() { "no number".to_owned() } else { shown };
    match compared {
        Some(Compared { sign, limit, .. }) if !matches!(*sign, "==" | "!=") => format!("{shown}, limit {sign} {}", words::figures(*limit)),
        _ => shown,
    }
}

/// What a row says: the annotation `summary`, else `description` or `message`, else what the expression says.
pub(super) fn summary(annotations: &BTreeMap<String, String>, expression: &str) -> String {
    let said = ["summary", "description", "message", "title"].iter().filter_map(|name| annotations.get(*name));
    line(said.map(String::as_str).find(|text| !text.trim().is_empty()).unwrap_or(expression))
}

/// Labels as people and the wire have them.
pub(super) fn pairs(labels: &Labels) -> BTreeMap<String, String> {
    labels.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

/// Something that happened to an alert, by nobody's hand.
pub(super) fn event(alert: &Alert, kind: AlertEventKind, sentence: String, at: Instant) -> AlertEvent {
    AlertEvent {
        at,
        alert: AlertName { id: alert.id.clone(), name: alert.labels.get("alertname").to_owned() },
        system: alert.labels.get("system").parse().ok(),
        severity: severity(alert.labels.get("severity")),
        kind,
        sentence,
        by: None,
        value: Some(Float(alert.value)),
    }
}

/// A moment that a calendar has; the first one where it has none.
pub(super) fn instant(at: Moment) -> Instant {
    Instant::from_timestamp_millis(at).unwrap_or(Instant::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_knows_is_a_warning() {
        assert_eq!(severity("Critical"), AlertSeverity::Critical);
        assert_eq!(severity("info"), AlertSeverity::Low);
        assert_eq!((severity(""), severity("whatever")), (AlertSeverity::Warning, AlertSeverity::Warning));
    }

    #[test]
    fn a_row_is_one_line_of_plain_words() {
        let said = |text: &str| summary(&BTreeMap::from([("summary".to_owned(), text.to_owned())]), "up == 0");
        assert_eq!(said("a\n\u{1b}[2Jb\u{202e}"), "a [2Jb");
        assert_eq!(said("  "), "up == 0");
        assert_eq!(said(&"x".repeat(1_000_000)).chars().count(), 400);
    }
}
