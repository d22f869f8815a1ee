//! What a process holds of its home's alerts: the open file, and what there is to tell now.

use std::{
    collections::BTreeMap,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use quarterdeck_model::{Fault, Outcome, system::Name};
use quarterdeck_monitor::{alert::Alert, gathered::Gathered};
use quarterdeck_store::alerts::File;

use super::{
    loading::{KnownSystem, Loading},
    routing::Routers,
};
use crate::Engine;

/// What there is to tell, as the newest evaluation found it.
#[derive(Default)]
pub(super) struct Board {
    /// Firing, flapping, and over lately.
    pub alerts: Vec<Alert>,
    /// When rules were evaluated last, in milliseconds.
    pub evaluated: i64,
    /// The systems whose configurations decide.
    pub systems: BTreeMap<Name, KnownSystem>,
}

/// What a process holds of its home's alerts.
#[derive(Default)]
pub(crate) struct Alerting {
    file: Mutex<Option<Arc<File>>>,
    /// None while this process does not evaluate.
    board: Mutex<State>,
    changed: Condvar,
    counters: Mutex<BTreeMap<(String, String), (u64, u64)>>,
    /// Why nobody can be told now.
    trouble: Mutex<Option<Fault>>,
    /// Configurations as they were read last: read again only when a file changed.
    routers: Mutex<(Loading, Routers)>,
}

#[derive(Default)]
struct State {
    board: Option<Arc<Board>>,
    version: u64,
}

impl Alerting {
    /// The file of the alerts, begun where there is none.
    pub(super) fn file(&self, engine: &Engine) -> Outcome<Arc<File>> {
        let mut open = lock(&self.file);
        if let Some(file) = open.as_ref().filter(|file| file.path().exists()) {
            return Ok(Arc::clone(file));
        }
        // What was set aside is found beside the new file, and said by its name.
        let (file, _) = File::open(&engine.home().alerts(), engine.clock().now())?;
        Ok(Arc::clone(open.insert(Arc::new(file))))
    }

    /// The file of the alerts; none where nobody evaluated yet.
    pub(crate) fn known(&self, engine: &Engine) -> Outcome<Option<Arc<File>>> {
        if engine.home().alerts().exists() { self.file(engine).map(Some) } else { Ok(None) }
    }

    /// A number that changes whenever another process writes about alerts; none where there is no file yet.
    pub(crate) fn version(&self, engine: &Engine) -> Outcome<Option<i64>> {
        self.known(engine)?.map(|file| file.foreign_version()).transpose()
    }

    /// The configurations of routes as they are now.
    pub(super) fn routers(&self, engine: &Engine) -> Outcome<Routers> {
        let (loading, routers) = &mut *lock(&self.routers);
        loading.look_at_systems(engine)?;
        routers.look(engine, &loading.systems)?;
        Ok(routers.clone())
    }

    /// Shows what there is to tell, and wakes whoever tells it.
    pub(super) fn publish(&self, board: Board) {
        let mut state = lock(&self.board);
        state.board = Some(Arc::new(board));
        state.version += 1;
        self.changed.notify_all();
    }

    /// This process evaluates no longer: it tells nothing new.
    pub(super) fn leave(&self) {
        let mut state = lock(&self.board);
        state.board = None;
        state.version += 1;
        *lock(&self.trouble) = None;
        self.changed.notify_all();
    }

    /// What there is to tell, with its version; none while this process does not evaluate.
    pub(super) fn board(&self) -> (u64, Option<Arc<Board>>) {
        let state = lock(&self.board);
        (state.version, state.board.clone())
    }

    /// Waits until there is something else than that version, for so long at most.
    pub(super) fn wait(&self, version: u64, most: Duration) {
        let state = lock(&self.board);
        if state.version == version {
            drop(self.changed.wait_timeout(state, most).unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// Wakes whoever waits.
    pub(super) fn wake(&self) {
        lock(&self.board).version += 1;
        self.changed.notify_all();
    }

    /// How the newest attempt to tell people went.
    pub(super) fn tried(&self, outcome: Outcome<()>) {
        *lock(&self.trouble) = outcome.err();
    }

    /// Why nobody can be told now, where this process is the one that tells.
    pub(crate) fn trouble(&self) -> Option<Fault> {
        lock(&self.trouble).clone()
    }

    /// Counts a notification by a kind of channel to a receiver that was sent, or was given up; zero of both makes the series be there.
    pub(super) fn notified(&self, channel: &str, receiver: &str, sent: u64, failed: u64) {
        let mut counters = lock(&self.counters);
        let counter = counters.entry((channel.to_owned(), receiver.to_owned())).or_default();
        *counter = (counter.0 + sent, counter.1 + failed);
    }

    /// Adds what was counted.
    pub(super) fn count(&self, found: &mut Gathered) {
        for ((channel, receiver), (sent, failed)) in lock(&self.counters).iter() {
            let labels = [("channel", channel.as_str()), ("receiver", receiver.as_str())];
            found.counter("quarterdeck_notifications_total", &labels, (sent + failed) as f64);
            found.counter("quarterdeck_notifications_failed_total", &labels, *failed as f64);
        }
    }
}

fn lock<T>(what: &Mutex<T>) -> MutexGuard<'_, T> {
    what.lock().unwrap_or_else(PoisonError::into_inner)
}
