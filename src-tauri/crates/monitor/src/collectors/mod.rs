//! Collectors: each measures one thing, within a limit, and cannot keep another one waiting.

pub mod file_age;
pub mod host;
pub mod http;
pub mod log;
pub mod process;
pub mod round;
pub mod scrape;
pub mod sqlite;
#[cfg(test)]
mod trial;
pub mod unit;
mod visiting;

use std::{collections::BTreeSet, future::Future, pin::Pin, sync::Arc, time::Duration};

use quarterdeck_model::{Clock, Instant, JobCtx, Outcome};

use crate::gathered::Gathered;

/// What a collector is handed at each visit.
#[derive(Clone)]
pub struct Visit {
    /// The moment of the tick: all readings of a tick have it.
    pub at: Instant,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// How long it may take.
    pub limit: Duration,
    /// Cancelled when the limit is over: SQLite and long loops ask it.
    pub ctx: JobCtx,
    /// What was found once for all collectors of this tick.
    pub shared: Arc<Shared>,
}

/// Found once a tick.
#[derive(Debug, Default)]
pub struct Shared {
    /// Databases, by device and inode, whose write-ahead log another process uses now.
    pub logs_in_use: BTreeSet<(u64, u64)>,
}

/// One that reads files or SQLite; runs on a thread that may block.
pub trait Blocking: Send {
    /// Measures. What was gathered before a fault is kept.
    fn collect(&mut self, visit: &Visit, into: &mut Gathered) -> Outcome<()>;
}

/// A visit under way.
pub type Visiting<'v> = Pin<Box<dyn Future<Output = Outcome<()>> + Send + 'v>>;

/// One that speaks to the network.
pub trait Online: Send {
    /// Measures. Dropped when the limit is over.
    fn collect<'v>(&'v mut self, visit: &'v Visit, into: &'v mut Gathered) -> Visiting<'v>;
}

/// Either.
pub enum Collector {
    /// On a thread.
    Blocking(Box<dyn Blocking>),
    /// As a future.
    Online(Box<dyn Online>),
}

/// What is collected, from what, and how often.
pub struct Plan {
    /// Unique in a home and stable over restarts: `SYSTEM/KIND/NAME`, or `host`.
    pub key: String,
    /// A word of [`LIST`].
    pub kind: &'static str,
    /// What is measured, for people: a path, an address, a unit.
    pub about: String,
    /// Added to each reading: system, component, environment, job, instance.
    pub labels: Vec<(String, String)>,
    /// How often.
    pub every: Duration,
    /// How long one visit may take; less than `every`.
    pub limit: Duration,
    /// It.
    pub collector: Collector,
}

/// Kinds: the word, and what it measures. Adding one means a file and a line here.
pub const LIST: &[(&str, &str)] = &[
    ("sqlite", "a database: size, log, checkpoints, latency, rows"),
    ("host", "this machine: processor, memory, disks, network, load"),
    ("process", "a process: processor, memory, files, age"),
    ("unit", "a systemd unit: state, restarts, memory"),
    ("probe", "an address: answer, time, certificate, content"),
    ("scrape", "what a service measures of itself, in Prometheus's text format"),
    ("log", "a log file: lines that match"),
    ("file", "a file: its age and size"),
    ("backup", "snapshots: age, proof, repository"),
    ("migration", "migrations: pending, drift"),
    ("quarterdeck", "ourselves: collectors, schedules, series"),
];
