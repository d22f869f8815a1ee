//! How systems are: `health`, `collectors`, `promises`, `capacity`, `monitoring`.

use std::{
    io::{IsTerminal, Write},
    path::PathBuf,
    process::ExitCode,
};

use clap::Args;
use quarterdeck_engine::ops::{
    CancelQuery, CheckHealth, CollectorList, GetHealth, ListCapacity, ListCollectors, ListPromises, SetMonitoring,
};
use quarterdeck_link::Link;
use quarterdeck_model::{
    Bytes, Event, Outcome,
    inspection::Tone,
    monitor::{CapacityTable, Health, HealthReport, Monitoring, PromiseTable},
    system::Name,
};

use super::{Door, found, from_value, note, show_health, to_value, verbs::absolute};

/// The query of this process whose progress is shown.
const TICKET: u32 = 1;

#[derive(Args)]
pub struct HealthArgs {
    /// Only this system and the machine
    pub system: Option<Name>,
    /// Look at everything now, within thirty seconds, and end in a report
    #[arg(long)]
    pub check: bool,
}

#[derive(Args)]
pub struct MonitoringArgs {
    /// Write the newest values here for node_exporter's textfile collector; none to end that
    #[arg(long, value_name = "FOLDER")]
    textfile: Option<PathBuf>,
    /// Days for which every sample is kept: 1 to 90
    #[arg(long, value_name = "DAYS")]
    raw_days: Option<u32>,
    /// The most room for all samples, in MB
    #[arg(long, value_name = "MB")]
    most: Option<u64>,
}

pub async fn run(door: &Door, HealthArgs { system, check }: HealthArgs) -> Outcome<ExitCode> {
    if check {
        let report = walk(door, system).await?;
        door.answer(&report, |report| report.text.clone())?;
        return Ok(found(report.tone != Tone::Ok));
    }
    let one = system.is_some();
    let health: Health = door.call("get_health", GetHealth { system }).await?;
    door.answer(&health, |health| show_health::health(health, one))?;
    let worst = health.systems.iter().chain([&health.machine]).map(|line| line.tone).min();
    Ok(found(worst.is_some_and(|tone| tone < Tone::Working)))
}

pub async fn collectors(door: &Door, system: Option<Name>) -> Outcome<ExitCode> {
    let list: CollectorList = door.call("list_collectors", ListCollectors { system }).await?;
    door.answer(&list, show_health::collectors)
}

pub async fn promises(door: &Door, system: Name) -> Outcome<ExitCode> {
    let table: PromiseTable = door.call("list_promises", ListPromises { system, window: None }).await?;
    door.answer(&table, show_health::promises)
}

pub async fn capacity(door: &Door, system: Name) -> Outcome<ExitCode> {
    let table: CapacityTable = door.call("list_capacity", ListCapacity { system }).await?;
    door.answer(&table, show_health::capacity)
}

pub async fn monitoring(door: &Door, MonitoringArgs { textfile, raw_days, most }: MonitoringArgs) -> Outcome<ExitCode> {
    let settings = if textfile.is_none() && raw_days.is_none() && most.is_none() {
        let list: CollectorList = door.call("list_collectors", ListCollectors { system: None }).await?;
        list.settings
    } else {
        let textfile = match textfile {
            Some(word) if word.as_os_str() == "none" => Some(PathBuf::new()),
            Some(folder) => Some(absolute(&folder)?),
            None => None,
        };
        let most_bytes = most.map(|most| Bytes(most.saturating_mul(1_000_000)));
        let wanted = SetMonitoring { textfile: textfile.map(Into::into), raw_days, most_bytes };
        door.call::<Monitoring>("set_monitoring", wanted).await?
    };
    door.answer(&settings, show_health::monitoring)
}

/// Shows how far it is on a terminal; Ctrl-C ends it.
async fn walk(door: &Door, system: Option<Name>) -> Outcome<HealthReport> {
    let mut events = door.link.events();
    let terminal = std::io::stderr().is_terminal();
    let answer = door.link.call("check_health", to_value(CheckHealth { system })?, Some(TICKET));
    tokio::pin!(answer);
    let mut asked = false;
    let answer = loop {
        tokio::select! {
            answer = &mut answer => break answer,
            event = events.recv() => if let (true, Ok(Event::Query { ticket: TICKET, progress })) = (terminal, event) {
                let of = progress.total.map(|total| format!(" of {total}")).unwrap_or_default();
                let _ = write!(std::io::stderr().lock(), "\r\x1b[K  {}{of} looks are back", progress.done);
            },
            _ = tokio::signal::ctrl_c(), if !asked => {
                asked = true;
                note("Cancelling…");
                door.call::<()>("cancel_query", CancelQuery { ticket: TICKET }).await?;
            }
        }
    };
    if terminal {
        let _ = write!(std::io::stderr().lock(), "\r\x1b[K");
    }
    from_value(answer?)
}
