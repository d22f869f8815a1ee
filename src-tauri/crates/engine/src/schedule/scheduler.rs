//! The thread that keeps a station beating.

use std::{
    sync::{Arc, Condvar, Mutex, PoisonError},
    time::{Duration, Instant as Moment},
};

use quarterdeck_model::{Fault, Outcome};

use super::{Post, Station};
use crate::Engine;

/// How often what is due is looked for. A clock that jumps, and a machine that wakes, are seen at the next beat.
const BEAT: Duration = Duration::from_secs(2);

/// Runs schedules until it is stopped or its engine ends.
pub struct Scheduler {
    shared: Arc<Shared>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    stopping: bool,
    stopped: bool,
    held: bool,
    beat: Moment,
}

impl Scheduler {
    /// Starts the thread. `say` hears a sentence for whatever happens.
    pub fn start(engine: &Arc<Engine>, post: Post, say: impl Fn(&str) + Send + 'static) -> Outcome<Self> {
        let state = State { stopping: false, stopped: false, held: false, beat: Moment::now() };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new() });
        let (own, station) = (Arc::clone(&shared), Station::new(engine, post));
        let thread = std::thread::Builder::new().name("scheduler".to_owned()).spawn(move || beating(&own, station, &say));
        thread
            .map_err(|error| Fault::failed("no-thread", format!("No thread could be started: {error}.")).hint("Close other programs."))?;
        Ok(Self { shared })
    }

    /// True while this process runs the schedules.
    pub fn is_held(&self) -> bool {
        self.shared.lock().held
    }

    /// Since when the last look at what is due was over.
    pub fn quiet_for(&self) -> Duration {
        self.shared.lock().beat.elapsed()
    }

    /// Starts nothing from now on; comes back once that is certain. Jobs that were begun go on.
    pub fn stop(&self) {
        let mut state = self.shared.lock();
        state.stopping = true;
        self.shared.changed.notify_all();
        while !state.stopped {
            state = self.shared.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for Scheduler {
    fn drop(&mut self) {
        self.shared.lock().stopping = true;
        self.shared.changed.notify_all();
    }
}

impl Shared {
    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn beating(shared: &Shared, mut station: Station, say: &impl Fn(&str)) {
    let mut last_fault = None;
    while !shared.lock().stopping {
        let Some(beat) = station.beat() else { break };
        match beat {
            Ok(sentences) => {
                sentences.iter().for_each(|sentence| say(sentence));
                last_fault = None;
            }
            // The same trouble at each beat is said once.
            Err(fault) if last_fault.as_ref() == Some(&fault) => {}
            Err(fault) => {
                say(&fault.to_string());
                last_fault = Some(fault);
            }
        }
        let mut state = shared.lock();
        (state.held, state.beat) = (station.is_held(), Moment::now());
        if !state.stopping {
            drop(shared.changed.wait_timeout(state, BEAT).unwrap_or_else(PoisonError::into_inner));
        }
    }
    station.leave();
    let mut state = shared.lock();
    (state.held, state.stopped) = (false, true);
    shared.changed.notify_all();
}
