//! Ten thousand series and a thousand rules over them, the same for both.

use std::fmt::Write;

/// Seconds between two samples.
pub const RHYTHM: i64 = 15;

/// Groups of series; each rule looks at one of them.
const GROUPS: usize = 100;

/// Of each kind in a group: so many gauges, and as many counters.
const EACH: usize = 50;

/// A series: its metric, its labels without those of the target, and what it is like.
pub struct Load {
    pub name: &'static str,
    pub group: usize,
    pub number: usize,
}

/// All of them.
pub fn all() -> impl Iterator<Item = Load> {
    let of = |name: &'static str| (0..GROUPS).flat_map(move |group| (0..EACH).map(move |number| Load { name, group, number }));
    of("load").chain(of("jobs_total"))
}

impl Load {
    /// Its labels.
    pub fn labels(&self) -> [(&'static str, String); 3] {
        [
            ("group", format!("group-{}", self.group)),
            ("series", format!("series-{}", self.number)),
            ("zone", format!("zone-{}", self.number % 5)),
        ]
    }

    /// What it is at a tick, counted from the first.
    pub fn value(&self, tick: i64) -> f64 {
        let (tick, number, group) = (tick as f64, self.number as f64, self.group as f64);
        match self.name {
            "load" => 0.5 + 0.49 * (tick / 17.0 + number * 1.7 + group).sin(),
            _ => 1_000.0 + tick * RHYTHM as f64 * (1.0 + (number * 7.0 + group) % 13.0),
        }
    }
}

/// What a service serves: every tick from one up to, not including, another, each with its time. `begin` is that of tick 0, in seconds.
pub fn exposition(begin: i64, from: i64, until: i64) -> String {
    let mut text = String::new();
    for name in ["load", "jobs_total"] {
        let kind = if name == "load" { "gauge" } else { "counter" };
        let _ = writeln!(text, "# TYPE {name} {kind}");
        for load in all().filter(|load| load.name == name) {
            let [group, series, zone] = load.labels();
            for tick in from..until {
                let (value, at) = (load.value(tick), (begin + tick * RHYTHM) * 1_000);
                let _ = writeln!(text, "{name}{{group=\"{}\",series=\"{}\",zone=\"{}\"}} {value} {at}", group.1, series.1, zone.1);
            }
        }
    }
    text
}

/// A thousand rules in twenty groups; each selects at most a hundred series.
pub fn rules() -> String {
    let mut text = "groups:\n".to_owned();
    for part in 0..20 {
        let _ = writeln!(text, "  - name: part-{part}\n    interval: 15s\n    rules:");
        for group in part * 5..part * 5 + 5 {
            for (at, (kind, expression)) in expressions(group).into_iter().enumerate() {
                match kind {
                    "record" => drop(writeln!(text, "      - record: group_{group}:rule_{at}\n        expr: {expression}")),
                    _ => drop(writeln!(
                        text,
                        "      - alert: Group{group}Rule{at}\n        expr: {expression}\n        for: 1m\n        labels: {{severity: warning}}\n        \
                         annotations: {{summary: \"{{{{ $labels.series }}}} is {{{{ $value | humanize }}}}\"}}"
                    )),
                }
            }
        }
    }
    text
}

/// Those over a group of series, each with what becomes of it.
pub fn expressions(group: usize) -> [(&'static str, String); 10] {
    let of = format!("group=\"group-{group}\"");
    [
        ("alert", format!("load{{{of}}} > 0.95")),
        ("alert", format!("avg_over_time(load{{{of}}}[5m]) > 0.9")),
        ("alert", format!("sum by (zone) (rate(jobs_total{{{of}}}[5m])) > 120")),
        ("alert", format!("rate(jobs_total{{{of}}}[5m]) == 0")),
        ("alert", format!("max by (zone) (load{{{of}}}) / avg by (zone) (load{{{of}}}) > 4")),
        ("alert", format!("load{{{of}}} > 0.8 and on (series) rate(jobs_total{{{of}}}[5m]) > 12")),
        ("record", format!("avg by (zone) (load{{{of}}})")),
        ("alert", format!("absent(load{{{of}}})")),
        ("alert", format!("increase(jobs_total{{{of}}}[10m]) > 1e6")),
        ("alert", format!("stddev_over_time(load{{{of}}}[5m]) > 0.5")),
    ]
}
