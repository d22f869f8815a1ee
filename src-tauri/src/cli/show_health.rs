//! Health in words.

use quarterdeck_engine::ops::CollectorList;
use quarterdeck_model::{
    Bytes,
    inspection::Tone,
    monitor::{CapacityLine, CapacityTable, Float, Health, Monitoring, PromiseTable, SystemHealth},
};

use super::show::{table, time, word};

/// One line for each system, worst first; with all of its checks where one was asked for.
pub fn health(health: &Health, one: bool) -> String {
    let mut out = String::new();
    for line in &health.systems {
        out.push_str(&of_system(line, one));
    }
    if health.systems.is_empty() {
        out.push_str("No system yet. Next: quarterdeck add FILE.db\n");
    }
    out.push_str(&of_system(&health.machine, one));
    out.push_str(&format!("{:<9} {}\n", word(health.collecting.tone), health.collecting.sentence));
    out
}

fn of_system(line: &SystemHealth, whole: bool) -> String {
    let mut out = format!("{:<9} {}  ({})  {}\n", word(line.tone), line.system, line.environment, line.sentence);
    for check in line.checks.iter().filter(|check| whole || check.tone < Tone::Working) {
        let since = check.since.filter(|_| check.tone < Tone::Working).map(|since| format!(" (since {})", time(since))).unwrap_or_default();
        out.push_str(&format!("          {:<9} {}: {}{since}\n", word(check.tone), check.what, check.sentence.trim_end_matches('.')));
    }
    for change in &line.changes {
        out.push_str(&format!("          {}  {}\n", time(change.at), change.what));
    }
    out
}

pub fn collectors(list: &CollectorList) -> String {
    let mut out = format!("{}\n", list.collecting.sentence);
    let rows = list.collectors.iter().map(|collector| {
        let every = format!("every {}", collector.every);
        vec![format!("  {}", word(collector.tone)), collector.key.clone(), every, collector.sentence.clone()]
    });
    out.push_str(&table(&rows.collect::<Vec<_>>()));
    for collector in &list.collectors {
        for remark in &collector.remarks {
            out.push_str(&format!("  {}: {remark}\n", collector.key));
        }
    }
    let series = &list.series;
    let since = series.oldest.map(|oldest| format!(" since {}", time(oldest))).unwrap_or_default();
    out.push_str(&format!("{} series in {}{since}. {}\n", series.series, series.bytes, series.policy));
    for notice in &list.collecting.notices {
        out.push_str(&format!("  {}  {}\n", time(notice.at), notice.sentence));
    }
    out
}

pub fn promises(promises: &PromiseTable) -> String {
    if promises.lines.is_empty() {
        return format!("{} promises nothing. Write promises into its definition (docs/definition.md).", promises.system);
    }
    let mut rows = vec![["", "PROMISE", "TARGET", "KEPT", "GOAL", "BUDGET LEFT", "SEEN", "WINDOW"].map(str::to_owned).to_vec()];
    for line in &promises.lines {
        rows.push(vec![
            word(line.tone).to_owned(),
            line.name.clone(),
            line.target.clone(),
            percent(line.kept, 3),
            percent(Some(line.goal), 3),
            percent(line.budget, 0),
            percent(Some(line.seen), 0),
            line.window.to_string(),
        ]);
    }
    let mut out = table(&rows);
    for line in &promises.lines {
        out.push_str(&format!("{}: {}.\n", line.name, line.sentence.trim_end_matches('.')));
    }
    out
}

/// Percent, cut rather than rounded up.
fn percent(share: Option<Float>, figures: i32) -> String {
    let Some(Float(share)) = share else { return "-".to_owned() };
    let scale = 10_f64.powi(figures);
    // A share such as 0.999 is a little less than itself once it is a hundred times as large.
    let percent = (share * 100.0 * scale + 1e-6).floor() / scale;
    format!("{percent} %")
}

pub fn capacity(capacity: &CapacityTable) -> String {
    let mut rows = vec![["", "WHAT", "NOW", "OF", "A DAY", "FULL IN"].map(str::to_owned).to_vec()];
    let size = |bytes: Option<Bytes>| bytes.map_or_else(|| "-".to_owned(), |bytes| bytes.to_string());
    for line in &capacity.lines {
        let full = line.full.map(|full| format!("{} d", full.0 / 86_400_000)).unwrap_or_else(|| "-".to_owned());
        rows.push(vec![word(line.tone).to_owned(), line.what.clone(), size(line.now), size(line.limit), a_day(line), full]);
    }
    let mut out = table(&rows);
    for line in &capacity.lines {
        out.push_str(&format!("{}: {}\n", line.what, line.sentence));
        for point in &line.plan {
            let expected = point.expected.map(|expected| format!(", {expected} expected")).unwrap_or_default();
            out.push_str(&format!("  {} ({}): {} planned{expected}\n", point.word, point.at.format("%Y-%m-%d"), point.planned));
        }
    }
    if let Some(line) = capacity.lines.iter().find(|line| line.growth.is_some()) {
        out.push_str(&format!("{}\n", line.method));
    }
    out
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // three figures are shown
fn a_day(line: &CapacityLine) -> String {
    let Some(Float(growth)) = line.growth else { return "-".to_owned() };
    format!("{}{}", if growth < 0.0 { "-" } else { "" }, Bytes(growth.abs() as u64))
}

pub fn monitoring(settings: &Monitoring) -> String {
    let textfile = settings.textfile.as_ref().map_or_else(
        || "It is not written for node_exporter.".to_owned(),
        |folder| format!("The newest values are written to {folder}/quarterdeck.prom for node_exporter."),
    );
    format!("Every sample is kept for {} d, in at most {}. {textfile}", settings.raw_days, settings.most_bytes)
}
