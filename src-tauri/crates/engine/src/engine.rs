//! The engine: opened once per process, shared by every call.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError, Weak, atomic::AtomicBool},
    time::{Duration, Instant as Moment},
};

use quarterdeck_model::{Caller, CancelToken, Clock, Event, Face, Fault, JobCtx, JobId, Outcome, job::Progress};
use quarterdeck_monitor::series::Series;
use quarterdeck_store::{Store, audit, files, leases::Lease, leases::Owner, roles};
use serde_json::Value;
use tokio::sync::broadcast;

use crate::{
    Home,
    network::{self, Network},
    operation::{Entry, Scope},
    ops,
};

/// How often another process's changes are looked for.
const WATCH: Duration = Duration::from_millis(300);

/// How often others hear of it at most.
const TELL: Duration = Duration::from_secs(1);

/// Hurry-up notes that a slow listener may be behind before it has to fetch everything again.
const EVENTS: usize = 256;

/// Everything that one process knows and holds.
pub struct Engine {
    home: Home,
    store: Store,
    clock: Arc<dyn Clock>,
    who: String,
    host: String,
    /// Names the lock that says this process lives.
    process: String,
    _alive: Lease,
    events: broadcast::Sender<Event>,
    queries: Mutex<HashMap<u32, CancelToken>>,
    pub(crate) running: Mutex<HashMap<JobId, crate::jobs::Running>>,
    /// Jobs that have ended where the store could not take that, with what to say of each.
    pub(crate) unrecorded: Mutex<HashMap<JobId, Fault>>,
    pub(crate) repositories: Mutex<HashMap<PathBuf, crate::repository::Opened>>,
    /// Migrations that were planned in this process.
    pub(crate) lately: crate::migration::Lately,
    /// True once this process is about to end.
    pub(crate) leaving: AtomicBool,
    recovered: Mutex<Vec<String>>,
    series: Series,
    network: Network,
    alerting: Arc<crate::alerting::Alerting>,
}

impl Engine {
    /// Opens the store (making it where there is none), and says that this process lives. Call [`Self::recover`] next.
    pub fn open(home: Home, clock: Arc<dyn Clock>) -> Outcome<Arc<Self>> {
        quarterdeck_sqlite::build::check()?;
        network::provide();
        files::make_folder(home.folder())?;
        let store = Store::open(&home.store())?;
        let who = whoami::username().map_err(|error| {
            Fault::failed("no-user", format!("The operating system does not say who runs this: {error}."))
                .hint("Give this user an entry in the system's user list.")
        })?;
        let host = whoami::hostname().unwrap_or_else(|_| "this machine".to_owned());
        let process = crate::scope::random_id()?;
        let owner = Owner { pid: std::process::id(), who: who.clone(), purpose: "Quarterdeck".to_owned(), since: clock.now() };
        let alive = Lease::take(&home.processes(), &process, &owner)?;
        let series = Series::read(&home.series());
        let engine = Arc::new(Self {
            home,
            store,
            clock,
            who,
            host,
            process,
            _alive: alive,
            events: broadcast::channel(EVENTS).0,
            queries: Mutex::default(),
            running: Mutex::default(),
            unrecorded: Mutex::default(),
            repositories: Mutex::default(),
            lately: crate::migration::Lately::default(),
            leaving: AtomicBool::new(false),
            recovered: Mutex::default(),
            series,
            network: Network::default(),
            alerting: Arc::default(),
        });
        engine.welcome()?;
        watch(&engine)?;
        Ok(engine)
    }

    /// Finishes or undoes what processes that are gone left half done, and remembers one sentence for each.
    pub fn recover(self: &Arc<Self>) -> Outcome<Vec<String>> {
        let sentences = crate::recovery::recover(self)?;
        let mut known = self.recovered.lock().unwrap_or_else(PoisonError::into_inner);
        for sentence in &sentences {
            // What cannot be recovered yet is tried, and said, again and again.
            if !known.contains(sentence) {
                known.push(sentence.clone());
            }
        }
        drop(known);
        if !sentences.is_empty() {
            self.tell(Event::Store);
        }
        Ok(sentences)
    }

    /// Runs an operation. `ticket` numbers a query, so that it reports progress as events and can be cancelled by that number.
    pub fn call(self: &Arc<Self>, face: Face, name: &str, request: Value, ticket: Option<u32>) -> Outcome<Value> {
        self.call_as(self.caller(face)?, name, request, ticket)
    }

    /// The same for a caller whose roles are already known.
    pub fn call_as(self: &Arc<Self>, caller: Caller, name: &str, request: Value, ticket: Option<u32>) -> Outcome<Value> {
        self.with_scope(caller, name, ticket, |entry, scope| entry.call(scope, request))
    }

    /// Runs a query and answers with the bytes of its raw form. Fault `no-raw-form` where it has none.
    pub fn call_raw(self: &Arc<Self>, face: Face, name: &str, request: Value, ticket: Option<u32>) -> Outcome<Vec<u8>> {
        self.with_scope(self.caller(face)?, name, ticket, |entry, scope| entry.call_raw(scope, request))
    }

    /// Finds an operation, and numbers the call while it runs.
    fn with_scope<T>(
        self: &Arc<Self>,
        caller: Caller,
        name: &str,
        ticket: Option<u32>,
        run: impl FnOnce(&Entry, &Scope) -> Outcome<T>,
    ) -> Outcome<T> {
        let Some(entry) = ops::find(name) else {
            return Err(Fault::usage("unknown-operation", format!("There is no operation {name:?}.")).hint("See docs/operations.md."));
        };
        let ctx = match ticket {
            None => JobCtx::detached(),
            Some(ticket) => {
                let cancel = CancelToken::default();
                self.queries.lock().unwrap_or_else(PoisonError::into_inner).insert(ticket, cancel.clone());
                JobCtx::new(Arc::new(QueryListener { ticket, events: self.events.clone() }), cancel)
            }
        };
        let result = run(entry, &Scope { engine: Arc::clone(self), caller, ctx });
        if let Some(ticket) = ticket {
            self.queries.lock().unwrap_or_else(PoisonError::into_inner).remove(&ticket);
        }
        result
    }

    /// Who uses this process through the given door, with the roles that the store grants.
    pub fn caller(&self, face: Face) -> Outcome<Caller> {
        let roles = self.store.read(|connection| roles::of(connection, &self.who))?;
        Ok(Caller { who: self.who.clone(), face, roles })
    }

    /// Hears hurry-up notes from now on.
    pub fn events(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// Jobs that this process runs now.
    pub fn running(&self) -> Vec<JobId> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).keys().copied().collect()
    }

    /// Where the engine keeps its own things.
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// This host's name.
    pub fn host(&self) -> &str {
        &self.host
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    pub(crate) fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    pub(crate) fn shared_clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.clock)
    }

    /// What was measured, to read.
    pub(crate) fn series(&self) -> &Series {
        &self.series
    }

    /// What this process holds of the alerts.
    pub(crate) fn alerting(&self) -> &crate::alerting::Alerting {
        &self.alerting
    }

    pub(crate) fn shared_alerting(&self) -> &Arc<crate::alerting::Alerting> {
        &self.alerting
    }

    pub(crate) fn who(&self) -> &str {
        &self.who
    }

    pub(crate) fn process(&self) -> &str {
        &self.process
    }

    pub(crate) fn recovered(&self) -> Vec<String> {
        self.recovered.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The runtime for everything that speaks to the network or may hang.
    pub fn network(&self) -> Outcome<tokio::runtime::Handle> {
        self.network.handle()
    }

    /// Sends a hurry-up note; nobody listening is no fault.
    pub(crate) fn tell(&self, event: Event) {
        let _ = self.events.send(event);
    }

    pub(crate) fn cancel_query(&self, ticket: u32) {
        if let Some(cancel) = self.queries.lock().unwrap_or_else(PoisonError::into_inner).get(&ticket) {
            cancel.cancel();
        }
    }

    fn welcome(&self) -> Outcome<()> {
        let now = self.clock.now();
        self.store.write(|tx| {
            if roles::welcome(tx, &self.who, now)? {
                let entry = audit::Entry {
                    at: now,
                    who: &self.who,
                    face: Face::Cli,
                    operation: "create_store",
                    target: "",
                    outcome: "succeeded",
                    detail: "The first user of a new store is its operator and approver.",
                };
                audit::append(tx, &entry)?;
            }
            Ok(())
        })
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // A lock file that stays is swept by a later process.
        let _ = Lease::discard(&self.home.processes(), &self.process);
    }
}

/// Looks for what other processes commit: their jobs' progress, and requests to cancel ours. Ends with the engine.
fn watch(engine: &Arc<Engine>) -> Outcome<()> {
    let weak = Arc::downgrade(engine);
    let seen = engine.store.foreign_version()?;
    let thread = std::thread::Builder::new().name("store-watch".to_owned()).spawn(move || watching(&weak, seen));
    thread
        .map(drop)
        .map_err(|error| Fault::failed("no-thread", format!("No thread could be started: {error}.")).hint("Close other programs."))
}

fn watching(engine: &Weak<Engine>, mut seen: i64) {
    let mut told = Moment::now();
    let mut untold = false;
    let mut alerts = None;
    loop {
        std::thread::sleep(WATCH);
        let Some(engine) = engine.upgrade() else { return };
        // A store that cannot be read now is tried again: this thread only hurries others up.
        if let Ok(version) = engine.store.foreign_version()
            && version != seen
        {
            seen = version;
            untold = true;
            crate::jobs::heed_cancel_requests(&engine);
        }
        // Another process evaluates rules and tells people.
        if let Ok(version) = engine.alerting.version(&engine)
            && alerts.replace(version).is_some_and(|seen| seen != version)
        {
            engine.tell(Event::Alert);
        }
        // Another process's job writes its progress several times a second; pages that fetch everything need not follow that fast.
        if untold && told.elapsed() >= TELL {
            (told, untold) = (Moment::now(), false);
            engine.tell(Event::Store);
        }
    }
}

struct QueryListener {
    ticket: u32,
    events: broadcast::Sender<Event>,
}

impl quarterdeck_model::job::Listener for QueryListener {
    fn phase(&self, _: &str) {}

    fn progress(&self, progress: Progress) {
        let _ = self.events.send(Event::Query { ticket: self.ticket, progress });
    }
}
