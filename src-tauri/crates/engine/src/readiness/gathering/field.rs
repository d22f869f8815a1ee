//! Where evidence is measured: one system, as whoever asks may see it.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use chrono::TimeDelta;
use quarterdeck_model::{
    Fault, Instant, JobCtx, Outcome,
    system::{Component, System},
};
use quarterdeck_monitor::series::Snapshot;
use quarterdeck_sqlite::question::{Asker, Reply};
use quarterdeck_store::systems;

use crate::{backup::STALL_LIMIT, operation::Scope};

/// What was measured is read again after this time: a gathering may last for many minutes, and nobody has measured behind what it has read.
const FRESH: TimeDelta = TimeDelta::seconds(10);

/// A system, and who measures it. What several pieces of evidence look at is read once.
pub(crate) struct Field {
    /// Who asks, with which rights.
    pub scope: Scope,
    /// What is measured.
    pub system: System,
    series: Mutex<Option<(Instant, Arc<Snapshot>)>>,
    databases: OnceLock<Outcome<Arc<Vec<PathBuf>>>>,
    /// Connections that nobody asks anything now, by the id of their component.
    askers: Mutex<HashMap<String, Vec<Asker>>>,
}

impl Field {
    /// A field of its own for one gathering.
    pub fn new(scope: &Scope, system: System) -> Self {
        Self { scope: scope.clone(), system, series: Mutex::default(), databases: OnceLock::new(), askers: Mutex::default() }
    }

    /// The definition's folder; refuses with `no-folder` where the system was added as a file.
    pub fn folder(&self) -> Outcome<&Path> {
        self.system.folder.as_ref().map(|folder| folder.0.as_path()).ok_or_else(|| {
            Fault::refused("no-folder", format!("{} was added as a file: it has no folder of a definition.", self.system.name))
                .hint("Write a quarterdeck.yaml, and add its folder.")
        })
    }

    /// Everything that was measured until now, or until seconds ago.
    pub fn series(&self) -> Outcome<Arc<Snapshot>> {
        let (now, mut read) = (self.now(), self.series.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some((at, series)) = &*read
            && (now - *at).abs() < FRESH
        {
            return Ok(Arc::clone(series));
        }
        let series = Arc::new(self.scope.engine.series().snapshot()?);
        *read = Some((now, Arc::clone(&series)));
        Ok(series)
    }

    /// The files of all registered databases, of other systems, too.
    pub fn databases(&self) -> Outcome<Arc<Vec<PathBuf>>> {
        let read = || {
            let systems = self.scope.engine.store().read(systems::list)?;
            let paths = systems.iter().flat_map(System::databases).map(|database| database.path.0.clone());
            Ok(Arc::new(paths.collect()))
        };
        self.databases.get_or_init(read).clone()
    }

    /// Asks a database beside those who use it, over a connection that somebody here has used before, if there is one. Where writers wait
    /// meanwhile, they wait no longer than for a copy that nobody was asked about.
    pub fn ask(&self, database: &Component, sql: &str, limit: Duration, ctx: &JobCtx) -> Outcome<Reply> {
        let lock = || self.askers.lock().unwrap_or_else(PoisonError::into_inner);
        let idle = lock().get_mut(&database.id).and_then(Vec::pop);
        let mut asker = match idle {
            Some(asker) => asker,
            None => Asker::beside(&database.path.0, Duration::from_millis(STALL_LIMIT.0))?,
        };
        let reply = asker.ask(sql, limit, ctx)?;
        lock().entry(database.id.clone()).or_default().push(asker);
        Ok(reply)
    }

    /// The moment.
    pub fn now(&self) -> Instant {
        self.scope.engine.clock().now()
    }

    /// The caller's scope, to be stopped by `ctx`.
    pub fn scope_for(&self, ctx: &JobCtx) -> Scope {
        Scope { ctx: ctx.clone(), ..self.scope.clone() }
    }
}
