//! A readiness report with 500 checks as HTML and as PDF (docs/performance.md).
//!
//! A part of `make bench`; `make bench ONLY=reports` runs nothing else. Beside it Chromium, where there is one, prints the same page of HTML to PDF:
//! what people do who have no such report. Nothing here fails because it was slow.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a program for people, and what cannot be set up ends it")]

#[allow(dead_code, reason = "tests use the rest of it")]
#[path = "../../src-tauri/crates/report/tests/sample/mod.rs"]
mod sample;

use std::{
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

const CHECKS: usize = 500;
/// What `make bench` is held against by its reader.
const TARGET: Duration = Duration::from_secs(3);

fn main() {
    let only = std::env::var("ONLY").unwrap_or_default();
    if !only.is_empty() && !only.split_whitespace().any(|word| word == "reports") {
        return;
    }
    println!("\nreports");
    let report = sample::readiness(CHECKS);
    let (page, html) = timed(|| quarterdeck_report::html(&report));
    let (sheets, first) = timed(|| quarterdeck_report::pdf(&report).unwrap());
    let mut again: Vec<Duration> = (0..9).map(|_| timed(|| quarterdeck_report::pdf(&report).unwrap()).1).collect();
    again.sort();
    println!("  {CHECKS} checks, {} sheets, {} kB as PDF, {} kB as HTML", count(&sheets), sheets.len() / 1000, page.len() / 1000);
    println!("  quarterdeck, HTML: {:.1} ms", millis(html));
    println!("  quarterdeck, PDF, the first of a process: {:.0} ms; {:.0} ms allowed", millis(first), millis(TARGET));
    println!("  quarterdeck, PDF, median of 9: {:.0} ms ({:.0} to {:.0})", millis(again[4]), millis(again[0]), millis(again[8]));
    match chromium(&page) {
        Some(peer) => {
            println!("  Chromium prints the page of HTML: {:.0} ms: {:.2} ×", millis(peer), first.as_secs_f64() / peer.as_secs_f64())
        }
        None => println!("  skipped: there is no Chromium that prints"),
    }
}

/// The whole of it, its start included: a report is one at a time.
fn chromium(page: &str) -> Option<Duration> {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("report.html"), folder.path().join("report.pdf"));
    std::fs::write(&from, page).unwrap();
    let mut took: Vec<Duration> = (0..3).filter_map(|_| print(&from, &to, folder.path())).collect();
    took.sort();
    took.get(1).copied()
}

fn print(from: &Path, to: &Path, folder: &Path) -> Option<Duration> {
    let mut chromium = Command::new("chromium");
    chromium.args(["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer"]).stdout(Stdio::null()).stderr(Stdio::null());
    chromium.arg(format!("--user-data-dir={}", folder.join("profile").display())).arg(format!("--print-to-pdf={}", to.display())).arg(from);
    let (ended, took) = timed(|| chromium.status());
    (ended.is_ok_and(|status| status.success()) && to.exists()).then_some(took)
}

/// Sheets of a PDF of ours: their dictionaries are not compressed.
fn count(pdf: &[u8]) -> usize {
    pdf.windows(11).filter(|part| part == b"/Type/Page/").count()
}

fn timed<T>(what: impl FnOnce() -> T) -> (T, Duration) {
    let begun = Instant::now();
    (what(), begun.elapsed())
}

fn millis(took: Duration) -> f64 {
    took.as_secs_f64() * 1000.0
}
