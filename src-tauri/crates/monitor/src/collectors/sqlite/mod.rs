//! A database: its size, pages and log, how fast it answers, whose locks one waits for, and what its definition asks it for. Nothing of it
//! is changed, and no connection is kept: an application's last close tidies its log as if we were not there.

mod gauges;
mod probe;
mod tables;

use std::{
    path::PathBuf,
    time::{Duration, Instant as Timer},
};

use quarterdeck_model::Outcome;
use quarterdeck_sqlite::{
    figures::{self, Figures, Looked},
    glimpse::{Glimpse, Stamp},
    open,
};
use quarterdeck_store::leases::Lease;

pub use self::gauges::Gauge;
use self::{gauges::Asked, probe::Histogram, tables::Tables};
use super::{Blocking, Visit};
use crate::gathered::Gathered;

/// How work is called that must have a database to itself.
const ALONE: [&str; 3] = ["Restore", "Undo", "Recovery"];

/// Which database, and what is asked of it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Database {
    /// The file.
    pub path: PathBuf,
    /// The folder of the leases, and the one that whoever works on this database holds.
    pub lease: Option<(PathBuf, String)>,
    /// Numbers that the definition asks for.
    pub gauges: Vec<Gauge>,
    /// How often the rows of its tables are counted; never where absent.
    pub tables: Option<Duration>,
}

/// Measures one database.
pub struct Sqlite {
    path: PathBuf,
    lease: Option<(PathBuf, String)>,
    gauges: Vec<Asked>,
    tables: Option<Tables>,
    before: Option<Looked>,
    probe: Histogram,
    waits: Histogram,
    timeouts: u64,
}

impl Sqlite {
    /// A collector for that database.
    pub fn new(database: Database) -> Self {
        let Database { path, lease, gauges, tables } = database;
        Self {
            path,
            lease,
            gauges: gauges.into_iter().map(Asked::new).collect(),
            tables: tables.map(Tables::new),
            before: None,
            probe: Histogram::default(),
            waits: Histogram::default(),
            timeouts: 0,
        }
    }

    /// What has the database to itself now.
    fn at_work(&self) -> Outcome<Option<String>> {
        let Some((folder, key)) = &self.lease else { return Ok(None) };
        let owner = Lease::holder(folder, key)?;
        Ok(owner.map(|owner| owner.purpose).filter(|purpose| ALONE.iter().any(|word| purpose.starts_with(word))))
    }

    fn look(&mut self, log_in_use: bool, limit: Duration, visit: &Visit, into: &mut Gathered) -> Outcome<()> {
        let looked = match figures::look(&self.path, log_in_use, self.before.as_ref(), limit, &visit.ctx) {
            Ok(looked) => looked,
            Err(fault) => {
                self.before = None;
                into.gauge("sqlite_up", &[], 0.0);
                self.write_waits(into);
                return Err(fault);
            }
        };
        let figures = &looked.figures;
        if let Some(took) = figures.probe {
            if !figures.locked {
                self.probe.observe(took);
            }
            self.waits.observe(figures.waited);
            self.timeouts += u64::from(figures.locked);
        }
        into.gauge("sqlite_up", &[], f64::from(u8::from(!figures.locked)));
        write_figures(figures, into);
        self.write_waits(into);
        let locked = figures.locked.then(|| open::locked(&self.path, figures.waited));
        self.before = Some(looked);
        locked.map_or(Ok(()), Err)
    }

    #[allow(clippy::cast_precision_loss)] // one more at each visit
    fn write_waits(&self, into: &mut Gathered) {
        self.probe.write("sqlite_probe_seconds", into);
        self.waits.write("sqlite_lock_wait_seconds", into);
        into.counter("sqlite_lock_timeouts_total", &[], self.timeouts as f64);
    }

    /// Gauges and tables, where they are due: through a second look, since a statement of a definition leaves its connection fenced in.
    fn ask(&mut self, log_in_use: bool, visit: &Visit, until: Timer, into: &mut Gathered) -> Outcome<()> {
        let now = visit.at.timestamp_millis();
        let patience = || until.saturating_duration_since(Timer::now());
        for gauge in self.gauges.iter_mut().filter(|gauge| gauge.is_due(now)) {
            let mut glimpse = Glimpse::open(&self.path, log_in_use, patience())?;
            if let Some(live) = glimpse.live() {
                gauge.ask(live, now, until, &visit.ctx)?;
            }
        }
        self.gauges.iter().for_each(|gauge| gauge.write(into));
        let Some(tables) = &mut self.tables else { return Ok(()) };
        if tables.is_due(now) {
            let mut glimpse = Glimpse::open(&self.path, log_in_use, patience())?;
            tables.count(&mut glimpse, now, until, &visit.ctx, into)?;
        }
        tables.remark(into);
        Ok(())
    }
}

impl Blocking for Sqlite {
    fn collect(&mut self, visit: &Visit, into: &mut Gathered) -> Outcome<()> {
        // Whoever is told that the time is over needs some of it to come home.
        let limit = visit.limit * 4 / 5;
        let until = Timer::now() + limit;
        if let Some(purpose) = self.at_work()? {
            into.remarks.push(format!("at work: {purpose}"));
            return Ok(());
        }
        let log_in_use = visit.shared.logs_in_use.contains(&Stamp::of(&self.path)?.place());
        self.look(log_in_use, limit, visit, into)?;
        self.ask(log_in_use, visit, until, into)
    }
}

#[allow(clippy::cast_precision_loss)] // a series has floats
fn write_figures(figures: &Figures, into: &mut Gathered) {
    let mut gauge = |name: &str, value: Option<u64>| {
        if let Some(value) = value {
            into.gauge(name, &[], value as f64);
        }
    };
    gauge("sqlite_file_bytes", Some(figures.file_bytes));
    gauge("sqlite_wal_bytes", Some(figures.log_bytes));
    gauge("sqlite_page_size_bytes", figures.page_size);
    gauge("sqlite_page_count", figures.pages);
    gauge("sqlite_freelist_pages", figures.free_pages);
    gauge("sqlite_schema_version", figures.schema_version);
    gauge("sqlite_wal_frames", figures.log.map(|log| log.frames));
    gauge("sqlite_wal_checkpointed_frames", figures.log.map(|log| log.checkpointed));
    gauge("sqlite_checkpoint_lag_frames", figures.log.map(|log| log.frames.saturating_sub(log.checkpointed)));
    into.remarks.extend(figures.remark.clone());
}

#[cfg(test)]
mod tests;
