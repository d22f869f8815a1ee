//! The report of the thirty-second check, as text to be sent to somebody.

use quarterdeck_model::{
    inspection::Tone,
    monitor::{Change, HealthCheck, HealthReport},
};

use super::{verdict, words};

/// The whole report. Times are UTC: whoever reads it may sit elsewhere.
pub(super) fn of(report: &HealthReport, host: &str) -> String {
    let mut out = format!(
        "Quarterdeck health check of {host}\nBegan {} UTC, took {}\n\n{}\n",
        report.began.format("%Y-%m-%d %H:%M:%S"),
        report.took,
        report.verdict
    );
    let mut checks: Vec<&HealthCheck> = report.checks.iter().collect();
    checks.sort_by_key(|check| check.tone);
    let (wrong, right): (Vec<&HealthCheck>, Vec<&HealthCheck>) = checks.into_iter().partition(|check| !verdict::passes(check));
    section(&mut out, "Findings", &wrong);
    if !report.changes.is_empty() {
        out.push_str("\nWhat changed\n");
        report.changes.iter().for_each(|change| out.push_str(&changed(change)));
    }
    section(&mut out, "As it should be", &right);
    out
}

fn section(out: &mut String, title: &str, checks: &[&HealthCheck]) {
    if checks.is_empty() {
        return;
    }
    out.push_str(&format!("\n{title} ({})\n", checks.len()));
    for check in checks {
        let whose = check.system.as_ref().map_or("machine", |system| system.as_str());
        let since = check.since.filter(|_| check.tone < Tone::Working);
        let since = since.map(|since| format!(" (since {} UTC)", since.format("%Y-%m-%d %H:%M"))).unwrap_or_default();
        out.push_str(&format!(
            "  {:<9} {whose}: {}: {}{since}\n",
            words::tone(check.tone),
            check.what,
            check.sentence.trim_end_matches('.')
        ));
    }
}

fn changed(change: &Change) -> String {
    format!("  {} UTC  {}\n", change.at.format("%Y-%m-%d %H:%M"), change.what)
}
