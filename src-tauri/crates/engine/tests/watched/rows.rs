//! The rows of the watch: each as the file says it, and as it is counted again.

use super::{
    made::{MINUTE, Series},
    recount::{Counted, Recount},
};

/// What is expected of a row.
#[derive(Debug, Clone, Copy)]
pub enum Wanted {
    Below(f64),
    AtLeast(f64),
    Is(f64),
}

impl Wanted {
    pub fn holds(self, value: f64) -> bool {
        match self {
            Self::Below(bound) => value < bound,
            Self::AtLeast(bound) => value >= bound,
            Self::Is(bound) => (value - bound).abs() <= 1e-9 * value.abs().max(bound.abs()),
        }
    }

    /// Lower is farther from what is expected.
    fn room(self, value: f64) -> f64 {
        match self {
            Self::Below(bound) => bound - value,
            Self::AtLeast(bound) => value - bound,
            Self::Is(bound) => -(value - bound).abs(),
        }
    }

    fn farthest(self, values: &[f64]) -> Option<f64> {
        values.iter().copied().reduce(|one, other| if self.room(other) < self.room(one) { other } else { one })
    }
}

pub type Count = fn(&Recount<'_>, Wanted) -> Counted;

pub struct Row {
    pub name: &'static str,
    /// As the file says it, but for what is expected.
    pub text: &'static str,
    /// A smallest or largest value: one that breaks the target breaks it, whatever was not seen.
    pub certain: bool,
    pub count: Count,
    /// In the file, in words, and as a number.
    pub wanted: (&'static str, &'static str, Wanted),
}

/// As values for each minute.
type Each = (Vec<(i64, Vec<f64>)>, f64, Vec<(i64, i64)>);

fn gauges(recount: &Recount<'_>, name: &str) -> Each {
    let series = recount.series(name);
    recount.each(|at| series.iter().filter_map(|one| recount.value(one, at)).collect(), &[name])
}

fn folded((all, measured, gaps): Each, wanted: Wanted, worst: bool, fold: impl Fn(&[f64]) -> f64) -> Counted {
    let values: Vec<f64> = all.iter().flat_map(|(_, values)| values.iter().copied()).collect();
    let farthest = wanted.farthest(&values).filter(|_| worst);
    let worst = farthest.and_then(|farthest| all.iter().find(|(_, values)| values.contains(&farthest)).map(|(at, _)| *at));
    Counted { actual: (!values.is_empty()).then(|| fold(&values)), measured, gaps, worst }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

fn least(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::INFINITY, f64::min)
}

fn most(values: &[f64]) -> f64 {
    values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
}

fn single((measured, gaps): (f64, Vec<(i64, i64)>), actual: Option<f64>) -> Counted {
    Counted { actual, measured, gaps, worst: None }
}

/// The sum of what each series of a metric gives; none where none gives anything.
fn sum(series: &[&Series], of: impl Fn(&Series) -> Option<f64>) -> Option<f64> {
    series.iter().filter_map(|one| of(one)).reduce(|one, other| one + other)
}

fn increase(recount: &Recount<'_>, name: &str) -> Option<f64> {
    sum(&recount.series(name), |one| recount.increase(one, recount.end, recount.window()))
}

fn over_window(recount: &Recount<'_>, name: &str, wanted: Wanted, fold: fn(&[f64]) -> f64) -> Counted {
    let found = recount.series(name).into_iter().map(|one| recount.range(one, recount.end, recount.window()));
    let values: Vec<f64> = found.filter(|values| !values.is_empty()).map(|values| fold(&values)).collect();
    single(recount.once(&[name]), wanted.farthest(&values))
}

/// Every kind of row.
#[rustfmt::skip]
pub fn rows() -> Vec<Row> {
    use Wanted::{AtLeast, Below, Is};
    let row = |name, text, certain, count: Count, wanted| Row { name, text, certain, count, wanted };
    vec![
        row("Average", "promql: load, over: average", false, |r, w| folded(gauges(r, "load"), w, true, mean), ("below: 2", "below 2", Below(2.0))),
        row("Least", "promql: load, over: least", true, |r, w| folded(gauges(r, "load"), w, true, least), ("min: 1.2", "at least 1.2", AtLeast(1.2))),
        row("Most", "promql: load, over: most", true, |r, w| folded(gauges(r, "load"), w, true, most), ("below: 4", "below 4", Below(4.0))),
        row("Last", "promql: load, over: last", false, |r, w| {
            let (all, share, gaps) = gauges(r, "load");
            single((share, gaps), all.last().and_then(|(_, values)| w.farthest(values)))
        }, ("below: 2.5", "below 2.5", Below(2.5))),
        row("Growth", "promql: file_bytes, over: growth", false, |r, _| {
            let (all, share, gaps) = gauges(r, "file_bytes");
            let total = |one: &(i64, Vec<f64>)| one.1.iter().sum::<f64>();
            single((share, gaps), all.first().map(|first| total(all.last().unwrap()) / total(first) - 1.0))
        }, ("below: 500 %", "below 500 %", Below(5.0))),
        row("No number", "promql: temperature, over: average", false, |r, w| folded(gauges(r, "temperature"), w, true, mean), ("below: 21", "below 21", Below(21.0))),
        row("Begins late", "promql: begins_late, over: most", true, |r, w| folded(gauges(r, "begins_late"), w, true, most), ("below: 2", "below 2", Below(2.0))),
        row("Ends early", "promql: ends_early, over: average", false, |r, w| folded(gauges(r, "ends_early"), w, true, mean), ("below: 2", "below 2", Below(2.0))),
        row("Or nothing", "promql: sum(begins_late) or vector(0), over: average", false, |r, w| {
            let late = r.series("begins_late");
            folded(r.each(|at| vec![sum(&late, |one| r.value(one, at)).unwrap_or(0.0)], &[]), w, true, mean)
        }, ("below: 2", "below 2", Below(2.0))),
        row("Rate", "promql: 'sum(rate(requests_total[5m]))', over: most", true, |r, w| {
            let all = r.series("requests_total");
            let rate = |at| sum(&all, |one| r.increase(one, at, 5 * MINUTE).map(|gained| gained / 300.0)).into_iter().collect();
            folded(r.each(rate, &["requests_total"]), w, true, most)
        }, ("below: 100", "below 100", Below(100.0))),
        row("Increase", "promql: 'sum(increase(requests_total[$window]))', over: window", false,
            |r, _| single(r.once(&["requests_total"]), increase(r, "requests_total")), ("min: 10", "at least 10", AtLeast(10.0))),
        row("Share", "promql: 'sum(increase(errors_total[$window])) / sum(increase(requests_total[$window]))', unit: ratio, over: window", false, |r, _| {
            let share = increase(r, "errors_total").zip(increase(r, "requests_total")).map(|(errors, all)| errors / all);
            single(r.once(&["errors_total", "requests_total"]), share.filter(|share| !share.is_nan()))
        }, ("below: 0.2 %", "below 0.2 %", Below(0.002))),
        row("Uptime", "promql: 'avg_over_time(service_up[$window])', unit: ratio, over: window", false,
            |r, w| over_window(r, "service_up", w, mean), ("min: 99 %", "at least 99 %", AtLeast(0.99))),
        row("Peak", "promql: 'max_over_time(load[$window])', over: window", false, |r, w| over_window(r, "load", w, most), ("below: 4", "below 4", Below(4.0))),
        row("Alerts", "record: alerts", false, |r, _| r.alerts(false), ("below: 5", "below 5", Below(5.0))),
        row("Critical alerts", "record: critical-alerts", false, |r, _| r.alerts(true), ("is: 0", "0", Is(0.0))),
        row("Backups", "record: backups", false, |r, _| r.share("backup", "succeeded", &["cancelled"]), ("is: 100 %", "100 %", Is(1.0))),
        row("Drills", "record: drills", false, |r, _| r.share("drill", "passed", &["unfinished", "running"]), ("min: 90 %", "at least 90 %", AtLeast(0.9))),
        row("Smoke", "record: smoke", false, |r, _| r.share("smoke", "passed", &["skipped"]), ("min: 95 %", "at least 95 %", AtLeast(0.95))),
    ]
}

/// The file that asks for them.
pub fn file() -> String {
    let line = |row: &Row| format!("  - {{name: {}, {}, expect: {{{}}}}}\n", row.name, row.text, row.wanted.0);
    format!("title: Two days\nfor: 48 h\nrows:\n{}", rows().iter().map(line).collect::<String>())
}

/// The verdict by the page: nothing known where nothing was measured or less than nine tenths were.
pub fn verdict(row: &Row, counted: &Counted) -> &'static str {
    match counted.actual {
        None => "unknown",
        Some(actual) if !row.wanted.2.holds(actual) && (row.certain || counted.measured >= 0.9) => "fails",
        Some(actual) if row.wanted.2.holds(actual) && counted.measured >= 0.9 => "holds",
        Some(_) => "unknown",
    }
}
