//! Long work: what it is called, how far it is, how it is stopped.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use serde::{Deserialize, Serialize};

use crate::{
    Count, Face, Fault, Instant, Outcome,
    system::{Environment, Target},
};

/// A job's number in its store, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
#[cfg_attr(feature = "bindings", ts(type = "number"))]
pub struct JobId(pub i64);

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// queued → running → (cancelling) → succeeded | failed | cancelled | interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum JobState {
    /// Accepted, not begun.
    Queued,
    /// Under way.
    Running,
    /// Asked to stop, not stopped yet.
    Cancelling,
    /// Done.
    Succeeded,
    /// Not done; the fault says what was left as it was.
    Failed,
    /// Stopped because somebody asked; nothing was changed.
    Cancelled,
    /// Its process ended before it did; what was half done was finished or undone since.
    Interrupted,
}

impl JobState {
    /// True for the states that nothing follows.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Succeeded | Self::Failed | Self::Cancelled | Self::Interrupted)
    }
}

/// One part of a job, announced by its plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Phase {
    /// Short name, e.g. `Write the image beside the target`.
    pub name: String,
    /// What happens in it, one line.
    pub note: String,
    /// False from the point on where Cancel no longer stops the job.
    pub cancellable: bool,
}

impl Phase {
    /// A phase during which Cancel changes nothing.
    pub fn new(name: &str, note: impl Into<String>) -> Self {
        Self { name: name.to_owned(), note: note.into(), cancellable: true }
    }

    /// A phase that finishes once begun.
    #[must_use]
    pub fn past_return(mut self) -> Self {
        self.cancellable = false;
        self
    }
}

/// A phase of a job that runs or ran.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct PhaseRun {
    /// What was announced.
    #[serde(flatten)]
    pub phase: Phase,
    /// When it began.
    pub started_at: Option<Instant>,
    /// When it ended.
    pub finished_at: Option<Instant>,
}

/// How far the present phase is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Progress {
    /// Done so far, in `unit`.
    pub done: Count,
    /// In all; absent where it is not known.
    pub total: Option<Count>,
    /// What is counted.
    pub unit: Unit,
}

/// What progress counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub enum Unit {
    /// Bytes.
    Bytes,
    /// Pages of a database.
    Pages,
    /// Tables.
    Tables,
    /// Statements of a migration.
    Statements,
    /// Steps of SQLite's virtual machine (no total).
    Steps,
    /// Pieces of evidence, smoke tests.
    Checks,
}

/// A job, as the store knows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "bindings", derive(ts_rs::TS))]
pub struct Job {
    /// Its number.
    pub id: JobId,
    /// The operation, e.g. `restore_component`.
    pub operation: String,
    /// What it does, for people, e.g. `Restore reputation/main in place`.
    pub title: String,
    /// What it works on.
    pub target: Option<Target>,
    /// Which instance that is.
    pub environment: Option<Environment>,
    /// Where it stands.
    pub state: JobState,
    /// Its phases, in order.
    pub phases: Vec<PhaseRun>,
    /// How far the present phase is.
    pub progress: Option<Progress>,
    /// Who asked.
    pub who: String,
    /// Through which door.
    pub face: Face,
    /// When it was accepted.
    pub created_at: Instant,
    /// When it ended.
    pub finished_at: Option<Instant>,
    /// What it returned, once it succeeded; its shape is that of the operation.
    #[cfg_attr(feature = "bindings", ts(type = "unknown"))]
    pub report: Option<serde_json::Value>,
    /// Why it did not succeed.
    pub fault: Option<Fault>,
    /// What recovery did for it after its process had ended.
    pub recovery: Option<String>,
}

/// Asks for a stop; cheap to copy, safe to ask from anywhere.
#[derive(Debug, Clone, Default)]
pub struct CancelToken(Arc<AtomicBool>);

impl CancelToken {
    /// Asks for a stop.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// True once somebody asked.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// Hears how far a piece of work is.
pub trait Listener: Send + Sync {
    /// The named phase has begun (and the one before has ended).
    fn phase(&self, name: &str);
    /// The present phase is this far. Called often; listeners thin out.
    fn progress(&self, progress: Progress);
}

/// What long work is given: a place to report to, and a question to ask.
#[derive(Clone)]
pub struct JobCtx {
    listener: Arc<dyn Listener>,
    cancel: CancelToken,
}

impl JobCtx {
    /// Work that reports to `listener` and stops when `cancel` says so.
    pub fn new(listener: Arc<dyn Listener>, cancel: CancelToken) -> Self {
        Self { listener, cancel }
    }

    /// Work that nobody watches or stops.
    pub fn detached() -> Self {
        Self::new(Arc::new(Nobody), CancelToken::default())
    }

    /// Begins a phase. The name is one that the plan announced.
    pub fn phase(&self, name: &str) {
        self.listener.phase(name);
    }

    /// Reports how far the present phase is.
    pub fn progress(&self, done: u64, total: Option<u64>, unit: Unit) {
        self.listener.progress(Progress { done: Count(done), total: total.map(Count), unit });
    }

    /// `Err` once the caller asked for a stop. Call it wherever stopping leaves nothing half done.
    pub fn checkpoint(&self) -> Outcome<()> {
        if self.cancel.is_cancelled() {
            return Err(Fault::cancelled("It was cancelled before anything was changed."));
        }
        Ok(())
    }

    /// The token behind [`Self::checkpoint`], for callbacks that cannot return a fault.
    pub fn cancel_token(&self) -> &CancelToken {
        &self.cancel
    }

    /// The same work from the point on where a stop is no longer honoured.
    #[must_use]
    pub fn past_return(&self) -> Self {
        Self { listener: Arc::clone(&self.listener), cancel: CancelToken::default() }
    }
}

struct Nobody;

impl Listener for Nobody {
    fn phase(&self, _: &str) {}
    fn progress(&self, _: Progress) {}
}
