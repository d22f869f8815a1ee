//! The verbs of what was measured.

use std::process::ExitCode;

use clap::Subcommand;
use quarterdeck_model::Outcome;

use super::{
    Door,
    logs::{self, LogsArgs},
    query::{self, ChartArgs, MetricsArgs, QueryArgs},
};

#[derive(Subcommand)]
pub enum MeasuredVerb {
    /// Ask what was measured, in PromQL: at a moment, or over time
    #[command(
        after_help = "Examples:\n  quarterdeck query 'sqlite_wal_bytes' --system shop\n  quarterdeck query 'rate(http_requests_total[5m])' --from 6h --step 5m"
    )]
    Query(QueryArgs),
    /// Draw what was measured into a file, SVG or PNG; no window is needed
    #[command(
        after_help = "Examples:\n  quarterdeck chart 'sqlite_file_bytes' --from 7d --out growth.svg\n  quarterdeck chart --system shop --dashboard overview --panel 2 --out latency.png"
    )]
    Chart(ChartArgs),
    /// Print the newest value of each series in Prometheus's text format
    #[command(after_help = "Example:\n  quarterdeck metrics --system shop")]
    Metrics(MetricsArgs),
    /// Print a log that the definition names, across its rotation, or list them
    #[command(
        after_help = "Examples:\n  quarterdeck logs shop\n  quarterdeck logs shop service --filter '^ERROR' -n 20\n  quarterdeck logs shop service --follow"
    )]
    Logs(LogsArgs),
}

pub async fn run(door: &Door, verb: MeasuredVerb) -> Outcome<ExitCode> {
    match verb {
        MeasuredVerb::Query(args) => query::query(door, args).await,
        MeasuredVerb::Chart(args) => query::chart(door, args).await,
        MeasuredVerb::Metrics(args) => query::metrics(door, args).await,
        MeasuredVerb::Logs(args) => logs::run(door, args).await,
    }
}
