//! A past for the example: what its collectors would have measured, made up, so that charts, promises and growth have something to show on
//! the first day. Times are milliseconds since 1970.

use std::{f64::consts::TAU, path::Path};

use quarterdeck_engine::collecting::Past;
use quarterdeck_model::{Instant, Outcome};
use rusqlite::{Connection, Result};

use super::{SYSTEM, chance::Chance, database, simulator::BOUNDS};

const SECOND: i64 = 1_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// So far apart are samples; and those that say that somebody measured, which are as near as the nearest collectors of a home.
const STEP: i64 = MINUTE;
const BEAT: i64 = 5 * SECOND;

/// Bounds of the buckets of our own probe of a database, in seconds.
const PROBE_BOUNDS: [f64; 15] = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0];

/// Requests in a minute, as `example serve` answers them unless it is told otherwise.
const REQUESTS: f64 = 300.0;

/// Histograms of the application: the share of requests that each counts, and its median in seconds.
const TOOK: [(&str, f64, f64); 6] = [
    ("appeal_submission_seconds", 0.25, 0.002),
    ("appeal_review_seconds", 0.2, 0.005),
    ("message_send_seconds", 0.55, 0.0013),
    ("thread_load_seconds", 1.0, 0.001),
    ("recovery_prediction_seconds", 1.0, 0.0003),
    ("approval_prediction_seconds", 1.0, 0.0003),
];

/// Routes: the share of requests of each, and its median in seconds.
const ROUTES: [(&str, f64, f64); 4] = [
    ("POST /appeals", 0.25, 0.002),
    ("POST /appeals/{id}/messages", 0.55, 0.0013),
    ("POST /appeals/{id}/review", 0.2, 0.005),
    ("GET /appeals/{id}/messages", 1.0, 0.001),
];

/// Counters that count like a histogram does.
const COUNTED: [(&str, f64); 3] =
    [("appeals_submitted_total", 0.25), ("negotiation_messages_total", 0.55), ("appeals_reviewed_total", 0.2)];

/// Numbers that the definition asks the database for, and by how much of it each goes up and down in a day.
const GAUGES: [(&str, &str, f64); 6] = [
    ("appeals_open", "SELECT reason, count(*) FROM appeals WHERE resolved_at IS NULL GROUP BY reason", 0.2),
    ("negotiations_active", "SELECT count(*) FROM appeals WHERE status = 'negotiating'", 0.25),
    (
        "negotiation_sentiment",
        "SELECT avg(sentiment) FROM (SELECT sentiment FROM appeal_negotiation_messages WHERE sentiment IS NOT NULL ORDER BY id DESC LIMIT 500)",
        0.3,
    ),
    ("negotiation_hours", "SELECT avg(hours) FROM (SELECT hours FROM negotiation_durations ORDER BY appeal_id DESC LIMIT 200)", 0.1),
    ("prediction_accuracy", "SELECT model_version, right_share FROM prediction_quality", 0.02),
    ("prediction_confidence", "SELECT model_version, mean_confidence FROM prediction_quality", 0.01),
];

/// What would have been measured of the example in the `days` before `now`, up to what its database holds. Some of it went badly: reviews were
/// slow for forty minutes three days ago, and requests failed for twelve minutes yesterday.
pub fn make(home: &Path, days: u16, now: Instant) -> Outcome<Vec<Past>> {
    let (_, path) = super::place(home);
    let now = now.timestamp_millis();
    let until = now.div_euclid(STEP) * STEP;
    let at: Vec<i64> = (0..i64::from(days) * DAY / STEP).rev().map(|back| until - back * STEP).collect();
    let size = path.metadata().map_or(0, |metadata| metadata.len());
    let mut made = Made { at, now, chance: Chance::new(7), past: Vec::new() };
    made.collecting();
    made.application();
    made.database(size);
    made.gauges(&path).map_err(|error| database::fault(&path, &error))?;
    Ok(made.past)
}

struct Made {
    at: Vec<i64>,
    now: i64,
    chance: Chance,
    past: Vec<Past>,
}

impl Made {
    fn collecting(&mut self) {
        let first = self.at.first().copied().unwrap_or(self.now);
        let samples = (0..(self.now - first) / BEAT).map(|i| (first + i * BEAT, 1.0)).collect();
        let labels = vec![("__name__".to_owned(), "quarterdeck_collecting".to_owned())];
        self.past.push(Past { plan: "quarterdeck/collecting".to_owned(), labels, counter: false, samples });
    }

    fn application(&mut self) {
        let target = Target { kind: "scrape", name: "service", job: "service", instance: "127.0.0.1:9188", component: None };
        for (metric, share, median) in TOOK {
            let slow = if metric == "appeal_review_seconds" { 8.0 } else { 1.0 };
            self.histogram(&target, metric, &[], &BOUNDS, share, &|back| if is_slow(back) { median * slow } else { median });
        }
        for (route, share, median) in ROUTES {
            let slow = if route.ends_with("review") { 8.0 } else { 1.0 };
            let median = |back| if is_slow(back) { median * slow } else { median };
            self.histogram(&target, "api_request_seconds", &[("route", route)], &BOUNDS, share, &median);
            self.counter(&target, "api_requests_total", &[("code", "200"), ("route", route)], &|back| {
                share * if fails(back) { 0.88 } else { 1.0 }
            });
            if route.starts_with("POST") {
                self.counter(&target, "api_requests_total", &[("code", "500"), ("route", route)], &|back| {
                    if fails(back) { share * 0.12 } else { 0.0 }
                });
            }
        }
        for (metric, share) in COUNTED {
            self.counter(&target, metric, &[], &|_| share);
        }
        self.values(&target, "db_connections_in_use", &[], &|chance, _| f64::from(chance.below(3)));
        self.values(&target, "db_connections_most", &[], &|_, _| 8.0);
        self.values(&target, "up", &[], &|_, _| 1.0);
        let probe = Target { kind: "probe", name: "service", job: "probe", instance: "http://127.0.0.1:9188/health", component: None };
        self.values(&probe, "probe_success", &[], &|_, back| f64::from(u8::from(!(fails(back) && (back / MINUTE) % 4 == 0))));
        self.values(&probe, "probe_duration_seconds", &[], &|chance, _| f64::from(chance.between(8, 24)) / 10_000.0);
    }

    /// Its file grew to what it is now.
    fn database(&mut self, size: u64) {
        let target = Target { kind: "sqlite", name: "main", job: "sqlite", instance: "reputation/main", component: Some("main") };
        let (size, days) = (size as f64, self.at.len() as f64 * STEP as f64 / DAY as f64);
        let pages = move |bytes: f64| (bytes / 4_096.0).floor() * 4_096.0;
        let grown = move |back: i64| {
            let past = back as f64 / DAY as f64;
            // Less at night.
            let wave = 0.002 * (TAU * past).sin();
            pages(size * (1.0 - 0.02 * past.min(days) + wave))
        };
        self.values(&target, "sqlite_up", &[], &|_, _| 1.0);
        self.values(&target, "sqlite_file_bytes", &[], &|_, back| grown(back));
        self.values(&target, "sqlite_wal_bytes", &[], &|chance, back| {
            f64::from(chance.between(1, 12)) * 32_992.0 + (back % (3 * HOUR)) as f64 / 6.0
        });
        self.values(&target, "sqlite_freelist_pages", &[], &|_, _| 0.0);
        self.histogram(&target, "sqlite_probe_seconds", &[], &PROBE_BOUNDS, 4.0 / REQUESTS, &|_| 0.0003);
        self.histogram(&target, "sqlite_lock_wait_seconds", &[], &PROBE_BOUNDS, 4.0 / REQUESTS, &|back| {
            if is_slow(back) { 0.02 } else { 0.0001 }
        });
    }

    fn gauges(&mut self, path: &Path) -> Result<()> {
        let connection = database::open(path)?;
        GAUGES.into_iter().try_for_each(|gauge| self.gauge(&connection, gauge))
    }

    /// Went up and down by the day around what the database says now.
    fn gauge(&mut self, connection: &Connection, (metric, sql, wander): (&str, &str, f64)) -> Result<()> {
        let target = Target { kind: "sqlite", name: "main", job: "sqlite", instance: "reputation/main", component: Some("main") };
        let mut statement = connection.prepare(sql)?;
        let label = (statement.column_count() == 2).then(|| statement.column_name(0).map(str::to_owned)).transpose()?;
        let column = usize::from(label.is_some());
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let Some(present) = row.get::<_, Option<f64>>(column)? else { continue };
            let value = row.get_ref(0)?.as_str().map(str::to_owned).unwrap_or_default();
            let labels: Vec<(&str, &str)> = label.iter().map(|label| (label.as_str(), value.as_str())).collect();
            let whole = present.fract() == 0.0;
            self.values(&target, metric, &labels, &|_, back| {
                let then = present * (1.0 - wander * (TAU * back as f64 / DAY as f64).sin());
                if whole { then.round() } else { then }
            });
        }
        Ok(())
    }

    /// One value at each step; it is told how long ago that was.
    fn values(&mut self, target: &Target, metric: &str, labels: &[(&str, &str)], of: &dyn Fn(&Chance, i64) -> f64) {
        let samples = self.at.iter().map(|at| (*at, of(&self.chance, self.now - at))).collect();
        self.past.push(target.past(metric, labels, false, samples));
    }

    /// Counts a share of the requests.
    fn counter(&mut self, target: &Target, metric: &str, labels: &[(&str, &str)], share: &dyn Fn(i64) -> f64) {
        let mut sum = 0.0;
        let counted = |at: &i64| {
            sum += (share(self.now - at) * requests(&self.chance)).round();
            (*at, sum)
        };
        let samples = self.at.iter().map(counted).collect();
        self.past.push(target.past(metric, labels, true, samples));
    }

    /// Spreads a share of the requests over buckets, log-logistic around a median: the 95th percentile is about twice, the 99th three times that.
    fn histogram(
        &mut self,
        target: &Target,
        metric: &str,
        labels: &[(&str, &str)],
        bounds: &[f64],
        share: f64,
        median: &dyn Fn(i64) -> f64,
    ) {
        let mut buckets: Vec<(f64, Vec<(i64, f64)>)> = bounds.iter().map(|_| (0.0, Vec::with_capacity(self.at.len()))).collect();
        let (mut count, mut sum) = (Vec::with_capacity(self.at.len()), Vec::with_capacity(self.at.len()));
        let (mut counted, mut took) = (0.0, 0.0);
        for at in &self.at {
            let median = median(self.now - at);
            let new = (share * requests(&self.chance)).round();
            counted += new;
            took += new * median * 1.1;
            count.push((*at, counted));
            sum.push((*at, took));
            for ((so_far, samples), bound) in buckets.iter_mut().zip(bounds) {
                *so_far += (new / (1.0 + (median / bound).powi(4))).round();
                samples.push((*at, *so_far));
            }
        }
        let le: Vec<String> = bounds.iter().map(f64::to_string).chain(["+Inf".to_owned()]).collect();
        let all = buckets.into_iter().map(|(_, samples)| samples).chain([count.clone()]);
        for (le, samples) in le.iter().zip(all) {
            let labels: Vec<(&str, &str)> = labels.iter().copied().chain([("le", le.as_str())]).collect();
            self.past.push(target.past(&format!("{metric}_bucket"), &labels, true, samples));
        }
        self.past.push(target.past(&format!("{metric}_count"), labels, true, count));
        self.past.push(target.past(&format!("{metric}_sum"), labels, true, sum));
    }
}

/// A collector, and the labels that it gives.
struct Target {
    kind: &'static str,
    name: &'static str,
    job: &'static str,
    instance: &'static str,
    component: Option<&'static str>,
}

impl Target {
    fn past(&self, metric: &str, labels: &[(&str, &str)], counter: bool, samples: Vec<(i64, f64)>) -> Past {
        let own =
            [("__name__", metric), ("system", SYSTEM), ("environment", "development"), ("job", self.job), ("instance", self.instance)];
        let component = self.component.map(|component| ("component", component));
        let all = own.into_iter().chain(component).chain(labels.iter().copied());
        let labels = all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
        Past { plan: format!("{SYSTEM}/{}/{}", self.kind, self.name), labels, counter, samples }
    }
}

/// Requests of one minute.
fn requests(chance: &Chance) -> f64 {
    REQUESTS * f64::from(chance.between(92, 108)) / 100.0
}

/// Three days ago, for forty minutes.
fn is_slow(back: i64) -> bool {
    (3 * DAY..3 * DAY + 40 * MINUTE).contains(&back)
}

/// Yesterday, for twelve minutes.
fn fails(back: i64) -> bool {
    (30 * HOUR..30 * HOUR + 12 * MINUTE).contains(&back)
}
