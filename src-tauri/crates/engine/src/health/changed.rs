//! What changed: measured values that moved, and what was done, around the moment since which a system is as it is.

use chrono::TimeDelta;
use quarterdeck_model::{
    Instant, Outcome,
    monitor::{Change, ChangeKind, HappeningKind, PanelUnit},
    system::System,
};
use quarterdeck_monitor::{
    changes::{self, Move},
    labels::{Labels, NAME},
    source::Source,
};

use super::{figures::range, words::value};
use crate::{dashboards, happenings, operation::Scope, promises};

/// So many are told.
const MOST: usize = 10;

/// Of them so many that moved.
const MOST_MOVED: usize = 6;

/// Between two values that are compared, in milliseconds.
const STEP: i64 = 60_000;

/// Labels that say whose a series is, not which.
const WHOSE: [&str; 5] = [NAME, "system", "environment", "job", "team"];

/// Looked at in every system, whether or not its definition asks for it.
const ALWAYS: [(&str, &str, PanelUnit); 9] = [
    (
        "Latency p95 of a database",
        "histogram_quantile(0.95, sum by (le, component) (rate(sqlite_probe_seconds_bucket{system!=\"\"}[5m])))",
        PanelUnit::Seconds,
    ),
    ("Log of a database", "max by (component) (sqlite_wal_bytes{system!=\"\"})", PanelUnit::Bytes),
    ("Waits for locks", "sum by (component) (rate(sqlite_lock_timeouts_total{system!=\"\"}[5m]))", PanelUnit::PerSecond),
    ("Answer of an address", "probe_duration_seconds{system!=\"\"}", PanelUnit::Seconds),
    ("Matched lines of a log", "sum by (instance, rule) (rate(log_matched_lines_total{system!=\"\"}[5m])) * 60", PanelUnit::PerMinute),
    ("Memory of a process", "process_resident_memory_bytes{system!=\"\"}", PanelUnit::Bytes),
    ("Processor of a process", "rate(process_cpu_seconds_total{system!=\"\"}[5m])", PanelUnit::Ratio),
    ("Processor of the machine", "1 - avg(rate(node_cpu_seconds_total{mode=\"idle\"}[5m]))", PanelUnit::Ratio),
    ("Waits for disks", "rate(node_pressure_io_waiting_seconds_total[5m])", PanelUnit::Ratio),
];

/// Something whose value may have moved.
struct Candidate {
    name: String,
    query: String,
    unit: PanelUnit,
}

/// What changed around `since`, or lately where that is not known or a moment ago; nearest first.
pub(super) fn of(scope: &Scope, system: &System, source: &dyn Source, since: Option<Instant>, now: Instant) -> Outcome<Vec<Change>> {
    let stretch = Stretch::around(since, now);
    let mut moves: Vec<(f64, Change)> = Vec::new();
    for candidate in candidates(system) {
        let span = (stretch.before.0, stretch.inside.1);
        let series = match range(source, &candidate.query, span, STEP, system.name.as_str(), &scope.ctx) {
            Ok(series) => series,
            // A query without an answer is told where it is shown.
            Err(fault) if fault.is("query-failed") || fault.is("bad-query") => continue,
            Err(fault) => return Err(fault),
        };
        let several = series.len() > 1;
        for (labels, samples) in series {
            if let Some(moved) = changes::moved(&samples, stretch.before, stretch.inside) {
                moves.push((moved.score, told(&candidate, &labels, several, &moved, system, now)));
            }
        }
    }
    moves.sort_by(|a, b| b.0.total_cmp(&a.0));
    let mut all: Vec<Change> = moves.into_iter().take(MOST_MOVED).map(|(_, change)| change).collect();
    all.extend(done(scope, system, &stretch)?);
    all.sort_by_key(|change| (change.at - stretch.anchor).abs());
    all.truncate(MOST);
    Ok(all)
}

/// Which stretches are compared.
struct Stretch {
    anchor: Instant,
    before: (i64, i64),
    inside: (i64, i64),
}

impl Stretch {
    /// The hour before and the ten minutes now; where something is so for longer, the hour before that moment and the quarter of an hour
    /// around it.
    fn around(since: Option<Instant>, now: Instant) -> Self {
        let minutes = |at: Instant, minutes: i64| (at + TimeDelta::minutes(minutes)).timestamp_millis().div_euclid(STEP) * STEP;
        match since.filter(|since| now - since > TimeDelta::minutes(15)) {
            Some(since) => {
                Self { anchor: since, before: (minutes(since, -60), minutes(since, -10)), inside: (minutes(since, -5), minutes(since, 10)) }
            }
            None => Self {
                anchor: since.unwrap_or(now),
                before: (minutes(now, -60), minutes(now, -15)),
                inside: (minutes(now, -10), minutes(now, 0)),
            },
        }
    }
}

fn candidates(system: &System) -> Vec<Candidate> {
    let promised = promises::of(system).into_iter();
    let mut all: Vec<Candidate> =
        promised.map(|promise| Candidate { name: promise.name, query: promise.query, unit: promise.unit }).collect();
    // A folder that cannot be read is told on its own page.
    for file in dashboards::files(system).unwrap_or_default() {
        for panel in file.panels {
            let asked = panel.queries.into_iter().filter(|asked| !all.iter().any(|known| known.query == asked.query));
            let asked: Vec<Candidate> =
                asked.map(|asked| Candidate { name: panel.title.clone(), query: asked.query, unit: panel.unit }).collect();
            all.extend(asked);
        }
    }
    let always = ALWAYS.iter().map(|(name, query, unit)| Candidate { name: (*name).to_owned(), query: (*query).to_owned(), unit: *unit });
    all.extend(always);
    all
}

fn told(candidate: &Candidate, labels: &Labels, several: bool, moved: &Move, system: &System, now: Instant) -> Change {
    let which: Vec<&str> = labels.iter().filter(|(name, _)| !WHOSE.contains(name)).map(|(_, value)| value).collect();
    let which = if several && !which.is_empty() { format!(" ({})", which.join(", ")) } else { String::new() };
    let at = chrono::DateTime::from_timestamp_millis(moved.at).unwrap_or_default();
    let Candidate { name, query, unit } = candidate;
    // Nothing was measured yet of what is to come.
    let (from, until) = (at - TimeDelta::hours(1), (at + TimeDelta::hours(1)).min(now));
    Change {
        at,
        what: format!("{name}{which} went from {} to {}", value(moved.before, *unit), value(moved.after, *unit)),
        kind: ChangeKind::Moved,
        next: Some(format!(
            "explore?query={}&system={}&from={}&until={}",
            encoded(query),
            system.name,
            encoded(&wire(from)),
            encoded(&wire(until))
        )),
    }
}

/// What was done meanwhile, and when nothing was measured.
fn done(scope: &Scope, system: &System, stretch: &Stretch) -> Outcome<Vec<Change>> {
    let at = |millis: i64| chrono::DateTime::from_timestamp_millis(millis).unwrap_or_default();
    let happened = happenings::list(scope, at(stretch.before.0), at(stretch.inside.1), Some(&system.name))?;
    let change = happened.happenings.into_iter().map(|happening| Change {
        at: happening.at,
        what: happening.what,
        kind: if happening.kind == HappeningKind::Gap { ChangeKind::Gap } else { ChangeKind::Happened },
        next: happening.job.map(|job| format!("job/{job}")),
    });
    Ok(change.collect())
}

fn wire(at: Instant) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

/// A text inside an address (RFC 3986 §2.1).
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use quarterdeck_monitor::promql;

    use super::*;

    #[test]
    fn what_is_always_looked_at_can_be_read() {
        for (name, query, _) in ALWAYS {
            assert!(promql::parse(query).is_ok(), "{name}");
        }
    }

    #[test]
    fn stretches_lie_around_the_moment() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::hours(100);
        let minute = |stretch: &Stretch| {
            let ago = |millis: i64| (millis - now.timestamp_millis()) / STEP;
            (ago(stretch.before.0), ago(stretch.before.1), ago(stretch.inside.0), ago(stretch.inside.1))
        };
        assert_eq!(minute(&Stretch::around(None, now)), (-60, -15, -10, 0));
        assert_eq!(minute(&Stretch::around(Some(now - TimeDelta::minutes(5)), now)), (-60, -15, -10, 0));
        assert_eq!(minute(&Stretch::around(Some(now - TimeDelta::minutes(90)), now)), (-150, -100, -95, -80));
    }

    #[test]
    fn addresses_hold_any_text() {
        assert_eq!(encoded("rate(a{b=\"ü\"}[5m])"), "rate%28a%7Bb%3D%22%C3%BC%22%7D%5B5m%5D%29");
    }
}
