//! What was measured: `query`, `chart`, `metrics`.

use std::{path::PathBuf, process::ExitCode};

use chrono::TimeDelta;
use clap::Args;
use quarterdeck_engine::ops::{ChartFormat, DrawChart, ExportMetrics, MetricsText, QueryInstant, QueryRange, SaveChart};
use quarterdeck_model::{
    Clock, Fault, Instant, Millis, Outcome, SystemClock,
    monitor::{AnswerKind, Float, InstantAnswer, QueryNote, RangeAnswer},
    system::Name,
};

use super::{Door, moment, note, show, verbs::absolute};

/// So many moments of a stretch of time are printed, where nobody asks for a step.
const POINTS: u32 = 60;

#[derive(Args)]
pub struct QueryArgs {
    /// PromQL, as in 'rate(http_requests_total[5m])'
    query: String,
    /// At this moment: 6h (ago), 2026-11-22 14:00, or RFC 3339 (default: now)
    #[arg(long, value_name = "TIME", conflicts_with_all = ["from", "until", "step"])]
    at: Option<String>,
    /// Over the time from here
    #[arg(long, value_name = "TIME")]
    from: Option<String>,
    /// Up to here (default: now)
    #[arg(long, value_name = "TIME", requires = "from")]
    until: Option<String>,
    /// Between two values, as in 5m (default: what fits, without losing a peak)
    #[arg(long, value_name = "TIME", requires = "from", value_parser = step)]
    step: Option<Millis>,
    /// Only this system and the machine
    #[arg(long, value_name = "SYSTEM")]
    system: Option<Name>,
}

#[derive(Args)]
pub struct ChartArgs {
    /// PromQL; leave it out where a dashboard is named
    #[arg(required_unless_present = "dashboard", conflicts_with = "dashboard")]
    query: Option<String>,
    /// The file; it ends in .svg or .png
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// A dashboard of the system
    #[arg(long, value_name = "NAME", requires = "system")]
    dashboard: Option<String>,
    /// Its panel, counted from 1
    #[arg(long, value_name = "N", requires = "dashboard", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    panel: u32,
    /// From here: 6h (ago), 2026-11-22 14:00, or RFC 3339
    #[arg(long, value_name = "TIME", default_value = "6h")]
    from: String,
    /// Up to here
    #[arg(long, value_name = "TIME", default_value = "now")]
    until: String,
    /// Pixels (default: 960)
    #[arg(long)]
    width: Option<u32>,
    /// Pixels (default: 360)
    #[arg(long)]
    height: Option<u32>,
    /// Light lines on dark
    #[arg(long)]
    dark: bool,
    /// Only this system and the machine
    #[arg(long, value_name = "SYSTEM")]
    system: Option<Name>,
    /// Replace a picture that is there
    #[arg(long)]
    force: bool,
}

#[derive(Args)]
pub struct MetricsArgs {
    /// Only those of this system
    #[arg(long, value_name = "SYSTEM")]
    system: Option<Name>,
}

fn step(text: &str) -> Result<Millis, String> {
    let step = moment::duration(text).and_then(|time| u64::try_from(time.num_milliseconds()).ok()).filter(|step| *step > 0);
    step.map(Millis).ok_or_else(|| "write it as in 15s or 5m".to_owned())
}

/// Asks at a moment or over time.
pub async fn query(door: &Door, args: QueryArgs) -> Outcome<ExitCode> {
    let now = SystemClock.now();
    let read = |text: &str| moment::read(text, now);
    let Some(from) = args.from else {
        let at = args.at.as_deref().map(read).transpose()?;
        let answer: InstantAnswer = door.call("query_instant", QueryInstant { query: args.query, at, system: args.system }).await?;
        remarks(door, &answer.notes);
        return door.answer(&answer, instant);
    };
    let request = QueryRange {
        query: args.query,
        legend: None,
        from: read(&from)?,
        until: args.until.as_deref().map_or(Ok(now), read)?,
        step: args.step,
        points: Some(POINTS),
        system: args.system,
    };
    let answer: RangeAnswer = door.call("query_range", request).await?;
    remarks(door, &answer.notes);
    door.answer(&answer, range)
}

/// Draws a query or a panel into a file.
pub async fn chart(door: &Door, args: ChartArgs) -> Outcome<ExitCode> {
    let format = match args.out.extension().and_then(|ending| ending.to_str()) {
        Some("svg") => ChartFormat::Svg,
        Some("png") => ChartFormat::Png,
        _ => {
            return Err(Fault::usage("bad-chart", format!("{} ends neither in .svg nor in .png.", args.out.display()))
                .hint("Name the file after what it is to be."));
        }
    };
    let now = SystemClock.now();
    let (from, until) = (moment::read(&args.from, now)?, moment::read(&args.until, now)?);
    let panel = args.dashboard.as_ref().map(|_| args.panel - 1);
    let (query, dashboard, system) = (args.query, args.dashboard, args.system);
    let chart = DrawChart { query, dashboard, panel, system, from, until, format, width: args.width, height: args.height, dark: args.dark };
    let file = absolute(&args.out)?;
    door.call::<()>("save_chart", SaveChart { chart, file: file.clone().into(), replace: args.force })
        .await
        .map_err(|fault| if fault.is("file-exists") { fault.hint("Name another file, or add --force.") } else { fault })?;
    door.answer(&serde_json::json!({ "file": file }), |_| format!("{} holds the chart.", file.display()))
}

/// Prints the newest values.
pub async fn metrics(door: &Door, args: MetricsArgs) -> Outcome<ExitCode> {
    let metrics: MetricsText = door.call("export_metrics", ExportMetrics { system: args.system }).await?;
    if metrics.series.0 == 0 {
        note("Nothing was measured in the last minutes. The agent measures: quarterdeck agent");
    }
    door.answer(&metrics, |metrics| metrics.text.clone())
}

/// On standard error, so that what is printed stays a table.
fn remarks(door: &Door, notes: &[QueryNote]) {
    for said in notes.iter().filter(|_| !door.json) {
        let grave = if said.grave { "warning" } else { "note" };
        note(&format!("{grave}: {} (line {}, column {})", said.message, said.line, said.column));
    }
}

fn instant(answer: &InstantAnswer) -> String {
    if let Some(text) = &answer.text {
        return text.clone();
    }
    if answer.lines.is_empty() {
        return format!("No series has a value at {}.", show::time(answer.at));
    }
    if answer.kind == AnswerKind::Matrix {
        let block = |line: &quarterdeck_model::monitor::InstantLine| {
            let rows = line.samples.iter().map(|(at, value)| vec![format!("  {}", time(*at)), number(*value)]);
            format!("{}\n{}", labels(&line.labels), show::table(&rows.collect::<Vec<_>>()))
        };
        return answer.lines.iter().map(block).collect();
    }
    let row =
        |line: &quarterdeck_model::monitor::InstantLine| vec![labels(&line.labels), line.value.map_or_else(|| "–".to_owned(), number)];
    show::table(&answer.lines.iter().map(row).map(|row| if row[0].is_empty() { vec![row[1].clone()] } else { row }).collect::<Vec<_>>())
}

fn range(answer: &RangeAnswer) -> String {
    let mut out = String::new();
    for series in &answer.series {
        out.push_str(&format!("{}\n", series.legend));
        let known = answer.moments.iter().zip(&series.values).filter_map(|(at, value)| value.map(|value| (*at, value)));
        let rows = known.map(|(at, value)| vec![format!("  {}", time(at)), number(value)]);
        out.push_str(&show::table(&rows.collect::<Vec<_>>()));
    }
    if answer.series.is_empty() {
        out.push_str(&format!("No series has a value between {} and {}.\n", show::time(answer.span.from), show::time(answer.span.until)));
    }
    let left_out = answer.found.0.saturating_sub(answer.series.len() as u64);
    if left_out > 0 {
        out.push_str(&format!("{left_out} more series are not shown.\n"));
    }
    for gap in &answer.gaps {
        out.push_str(&format!("Nobody measured from {} to {}: {}\n", show::time(gap.span.from), show::time(gap.span.until), gap.reason));
    }
    out
}

/// `name{a="b"}`.
fn labels(labels: &std::collections::BTreeMap<String, String>) -> String {
    let name = labels.get("__name__").map_or("", String::as_str);
    let rest: Vec<String> =
        labels.iter().filter(|(label, _)| *label != "__name__").map(|(label, value)| format!("{label}={value:?}")).collect();
    if rest.is_empty() { name.to_owned() } else { format!("{name}{{{}}}", rest.join(", ")) }
}

fn number(Float(value): Float) -> String {
    match value {
        value if value.is_nan() => "NaN".to_owned(),
        value if value.is_infinite() => if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned(),
        value => value.to_string(),
    }
}

fn time(at: i64) -> String {
    Instant::UNIX_EPOCH.checked_add_signed(TimeDelta::milliseconds(at)).map_or_else(|| at.to_string(), show::time)
}
