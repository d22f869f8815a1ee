//! Measuring: which collectors there are, the loop that visits them, and what is kept of it. Whoever runs the schedules of a home measures, too:
//! the agent, or an open window while no agent lives (docs/decisions/0021-collectors-are-not-jobs.md).

mod access;
mod beat;
mod once;
mod own;
mod places;
mod plan;
mod status;
mod systems;
mod textfile;

use std::{
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::{Duration, Instant as Timer},
};

use quarterdeck_model::{CancelToken, Fault, Instant, Outcome};
use quarterdeck_monitor::series::Brought;

use self::beat::Beat;
pub(crate) use self::beat::policy;
pub use self::{
    once::{Look, look},
    status::stored,
};
use crate::{Engine, schedule::Post};

/// How often it is asked whether somebody is due, and who measures.
const BEAT: Duration = Duration::from_secs(1);

/// Called after each tick with its moment; what it brings is written with the next one.
pub type AfterTick = Box<dyn FnMut(Instant) -> Vec<Brought> + Send>;

/// Measures until it is stopped or its engine ends.
pub struct Collecting {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    /// Cancelled once it stops: a tick under way waits for nobody then.
    ending: CancelToken,
}

struct State {
    stopping: bool,
    stopped: bool,
    held: bool,
    beat: Timer,
    hooks: Vec<AfterTick>,
}

impl Collecting {
    /// Starts the thread. `say` hears a sentence for whatever happens.
    pub fn start(engine: &Arc<Engine>, post: Post, say: impl Fn(&str) + Send + 'static) -> Outcome<Self> {
        let state = State { stopping: false, stopped: false, held: false, beat: Timer::now(), hooks: own::after_tick(engine) };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new(), ending: CancelToken::default() });
        let (own, beat) = (Arc::clone(&shared), Beat::new(engine, post, shared.ending.clone()));
        let thread = std::thread::Builder::new().name("collecting".to_owned()).spawn(move || beating(&own, beat, &say));
        thread
            .map_err(|error| Fault::failed("no-thread", format!("No thread could be started: {error}.")).hint("Close other programs."))?;
        Ok(Self { shared })
    }

    /// From now on it is called after each tick.
    pub fn after_tick(&self, hook: AfterTick) {
        self.shared.lock().hooks.push(hook);
    }

    /// True while this process measures.
    pub fn is_held(&self) -> bool {
        self.shared.lock().held
    }

    /// Since when the last beat was over.
    pub fn quiet_for(&self) -> Duration {
        self.shared.lock().beat.elapsed()
    }

    /// Visits nobody from now on; comes back once the tick under way is written.
    pub fn stop(&self) {
        self.shared.ending.cancel();
        let mut state = self.shared.lock();
        state.stopping = true;
        self.shared.changed.notify_all();
        while !state.stopped {
            state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for Collecting {
    fn drop(&mut self) {
        self.shared.ending.cancel();
        self.shared.lock().stopping = true;
        self.shared.changed.notify_all();
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn beating(shared: &Shared, mut beat: Beat, say: &impl Fn(&str)) {
    let mut last_fault = None;
    while !shared.lock().stopping {
        let Some(done) = beat.beat() else { break };
        match done {
            Ok(ticked) => {
                if let Some(at) = ticked {
                    run_hooks(shared, &mut beat, at);
                }
                last_fault = None;
            }
            // The same trouble at each beat is said once.
            Err(fault) if last_fault.as_ref() == Some(&fault) => {}
            Err(fault) => {
                say(&fault.to_string());
                last_fault = Some(fault);
            }
        }
        beat.said().iter().for_each(|sentence| say(sentence));
        let mut state = shared.lock();
        (state.held, state.beat) = (beat.is_held(), Timer::now());
        if !state.stopping {
            drop(shared.changed.wait_timeout(state, beat.pause(BEAT)).unwrap_or_else(PoisonError::into_inner));
        }
    }
    beat.leave();
    let mut state = shared.lock();
    (state.held, state.stopped) = (false, true);
    shared.changed.notify_all();
}

/// Outside of the lock: a hook may take its time, and whoever asks how measuring is must not wait for it.
fn run_hooks(shared: &Shared, beat: &mut Beat, at: Instant) {
    let mut hooks = std::mem::take(&mut shared.lock().hooks);
    for hook in &mut hooks {
        beat.bring(hook(at));
    }
    let mut state = shared.lock();
    hooks.append(&mut state.hooks);
    state.hooks = hooks;
}
