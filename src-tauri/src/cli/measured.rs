//! The verbs about what is measured, and about alerts.

use std::process::ExitCode;

use clap::Subcommand;
use quarterdeck_model::{Outcome, system::Name};

use super::{
    Door,
    alerts::{self, AlertsArgs, MaintenanceArgs, SilencesArgs},
    health::{self, HealthArgs, MonitoringArgs},
    logs::{self, LogsArgs},
    query::{self, ChartArgs, MetricsArgs, QueryArgs},
    routes::{self, RoutesArgs},
    rules::{self, RulesArgs},
};

#[derive(Subcommand)]
pub enum MeasuredVerb {
    /// Say how each system is, since when, and what changed
    #[command(
        after_help = "Exit codes: 0 healthy, 1 something is not, or is not known.\n\nExamples:\n  quarterdeck health\n  quarterdeck health shop\n  quarterdeck health --check"
    )]
    Health(HealthArgs),
    /// List what is measured, how often, and how each collector is
    #[command(after_help = "Example:\n  quarterdeck collectors shop")]
    Collectors {
        /// Only this system and the machine
        system: Option<Name>,
    },
    /// Compare what was promised (SLA) with what was measured
    #[command(after_help = "Example:\n  quarterdeck promises shop")]
    Promises { system: Name },
    /// Say how databases, disks and the repository grow, and when they are full
    #[command(after_help = "Example:\n  quarterdeck capacity shop")]
    Capacity { system: Name },
    /// Show or set how long and in how much room samples are kept, and where node_exporter finds them
    #[command(
        after_help = "Examples:\n  quarterdeck monitoring\n  quarterdeck monitoring --raw-days 30 --textfile /var/lib/prometheus/node-exporter\n  quarterdeck monitoring --textfile none"
    )]
    Monitoring(MonitoringArgs),
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
    /// Say what fires, who has it, what happened and who was told; take an alert
    #[command(
        after_help = "Examples:\n  quarterdeck alerts\n  quarterdeck alerts show 3f2a91c04b7d8e15\n  quarterdeck alerts acknowledge 3f2a91c04b7d8e15 --note 'on it' --for 2h\n  quarterdeck alerts history --from 7d\n  quarterdeck alerts notices --failed"
    )]
    Alerts(AlertsArgs),
    /// List rules and how they are, check their files, run their unit tests
    #[command(
        after_help = "Exit code 1 says that check or test found something.\n\nExamples:\n  quarterdeck rules\n  quarterdeck rules check rules/\n  quarterdeck rules test rules/tests/web.yml"
    )]
    Rules(RulesArgs),
    /// Show who is told what; test a route, try a receiver, drill
    #[command(
        after_help = "Exit code 1 says that check found something, or that a message was not sent.\n\nExamples:\n  quarterdeck routes\n  quarterdeck routes test severity=critical area=database\n  quarterdeck routes check notify.yml\n  quarterdeck routes send-test team --router shop\n  quarterdeck routes drill severity=critical"
    )]
    Routes(RoutesArgs),
    /// List silences, make one, end one
    #[command(
        after_help = "Examples:\n  quarterdeck silences\n  quarterdeck silences preview system=shop\n  quarterdeck silences add system=shop 'alertname=~\"Disk.*\"' --for 2h --reason 'disks are moved'\n  quarterdeck silences end 3f2a91c04b7d8e15"
    )]
    Silences(SilencesArgs),
    /// List agreed maintenance, set a window, forget one
    #[command(
        after_help = "Example:\n  quarterdeck maintenance set patches system=shop --on sunday --from 02:00 --until 04:00 --zone Europe/Berlin --reason 'patch day'"
    )]
    Maintenance(MaintenanceArgs),
    /// Say who is on call, and who is told after them
    #[command(after_help = "Example:\n  quarterdeck oncall")]
    Oncall,
}

pub async fn run(door: &Door, verb: MeasuredVerb) -> Outcome<ExitCode> {
    match verb {
        MeasuredVerb::Health(args) => health::run(door, args).await,
        MeasuredVerb::Collectors { system } => health::collectors(door, system).await,
        MeasuredVerb::Promises { system } => health::promises(door, system).await,
        MeasuredVerb::Capacity { system } => health::capacity(door, system).await,
        MeasuredVerb::Monitoring(args) => health::monitoring(door, args).await,
        MeasuredVerb::Query(args) => query::query(door, args).await,
        MeasuredVerb::Chart(args) => query::chart(door, args).await,
        MeasuredVerb::Metrics(args) => query::metrics(door, args).await,
        MeasuredVerb::Logs(args) => logs::run(door, args).await,
        MeasuredVerb::Alerts(args) => alerts::alerts(door, args).await,
        MeasuredVerb::Rules(args) => rules::run(door, args).await,
        MeasuredVerb::Routes(args) => routes::run(door, args).await,
        MeasuredVerb::Silences(args) => alerts::silences(door, args).await,
        MeasuredVerb::Maintenance(args) => alerts::maintenance(door, args).await,
        MeasuredVerb::Oncall => routes::oncall(door).await,
    }
}
