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

/// What is done after each tick, by whoever measures.
pub trait AfterTick: Send {
    /// True where a tick is wanted at a moment though nobody is due to be visited.
    fn is_due(&mut self, _at: Instant) -> bool {
        false
    }

    /// After the tick of a moment; what it brings is added to it.
    fn after(&mut self, at: Instant) -> Outcome<Vec<Brought>>;

    /// This process measures no longer.
    fn left(&mut self) {}
}

impl<F: FnMut(Instant) -> Vec<Brought> + Send> AfterTick for F {
    fn after(&mut self, at: Instant) -> Outcome<Vec<Brought>> {
        Ok(self(at))
    }
}

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
    hooks: Vec<Box<dyn AfterTick>>,
}

impl Collecting {
    /// Starts the thread. `say` hears a sentence for whatever happens.
    pub fn start(engine: &Arc<Engine>, post: Post, say: impl Fn(&str) + Send + 'static) -> Outcome<Self> {
        let state = State { stopping: false, stopped: false, held: false, beat: Timer::now(), hooks: own::after_tick(engine)? };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new(), ending: CancelToken::default() });
        let (own, beat) = (Arc::clone(&shared), Beat::new(engine, post, shared.ending.clone()));
        let thread = std::thread::Builder::new().name("collecting".to_owned()).spawn(move || beating(&own, beat, &say));
        thread
            .map_err(|error| Fault::failed("no-thread", format!("No thread could be started: {error}.")).hint("Close other programs."))?;
        Ok(Self { shared })
    }

    /// From now on it is called after each tick.
    pub fn after_tick(&self, hook: Box<dyn AfterTick>) {
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

impl State {
    /// Hooks that were added meanwhile come behind those that ran.
    fn give_back(&mut self, mut hooks: Vec<Box<dyn AfterTick>>) {
        hooks.append(&mut self.hooks);
        self.hooks = hooks;
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
        let mut hooks = std::mem::take(&mut shared.lock().hooks);
        let measured = beat.is_held();
        let done = beat.beat(&mut |at| hooks.iter_mut().any(|hook| hook.is_due(at)));
        let done = done.map(|done| done.and_then(|ticked| ticked.map_or(Ok(()), |at| run_hooks(&mut hooks, &mut beat, at))));
        if measured && !beat.is_held() {
            hooks.iter_mut().for_each(|hook| hook.left());
        }
        shared.lock().give_back(hooks);
        match done {
            None => break,
            Some(Ok(())) => last_fault = None,
            // The same trouble at each beat is said once.
            Some(Err(fault)) if last_fault.as_ref() == Some(&fault) => {}
            Some(Err(fault)) => {
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
    let mut hooks = std::mem::take(&mut shared.lock().hooks);
    hooks.iter_mut().for_each(|hook| hook.left());
    drop(hooks);
    beat.leave();
    let mut state = shared.lock();
    (state.held, state.stopped) = (false, true);
    shared.changed.notify_all();
}

/// Outside of the lock: a hook may take its time, and whoever asks how measuring is must not wait for it.
fn run_hooks(hooks: &mut [Box<dyn AfterTick>], beat: &mut Beat, at: Instant) -> Outcome<()> {
    let mut done = Ok(());
    for hook in hooks {
        let added = hook.after(at).and_then(|found| beat.amend(at, &found));
        done = done.and(added);
    }
    done
}
