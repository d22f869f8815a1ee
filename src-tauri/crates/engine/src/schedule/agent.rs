//! What only the agent asks of the engine: to be the only one, and to end honestly.

use std::time::Duration;

use quarterdeck_model::{Fault, Outcome};
use quarterdeck_store::{
    leases::{Lease, Owner},
    schedules,
};

use super::{policy::Policy, run, station::AGENT};
use crate::Engine;

/// Somebody who only looks whether an agent lives holds its lock for a moment.
const TRIES: u32 = 20;
const BETWEEN: Duration = Duration::from_millis(25);

/// The right to be the agent of a home, for as long as it is kept.
pub struct AgentPost(#[allow(dead_code, reason = "kept for its lock")] Lease);

impl AgentPost {
    /// Takes it; `agent-running` where another one lives, `bad-environment` where a `BACKUP_*` variable means nothing.
    pub fn take(engine: &Engine) -> Outcome<Self> {
        Policy::of_process()?;
        let folder = engine.home().leases();
        let since = engine.clock().now();
        let owner = Owner { pid: std::process::id(), who: engine.who().to_owned(), purpose: "The agent".to_owned(), since };
        for _ in 0..TRIES {
            match Lease::take(&folder, AGENT, &owner) {
                Err(fault) if fault.is("target-busy") => std::thread::sleep(BETWEEN),
                lease => return lease.map(Self),
            }
        }
        let other = Lease::holder(&folder, AGENT)?;
        let whose = other.map_or_else(String::new, |other| format!(": process {} of {}, since {}", other.pid, other.who, other.since));
        Err(Fault::refused("agent-running", format!("An agent of {} runs already{whose}.", engine.home().folder().display()))
            .hint("Leave it running, or stop that one first."))
    }
}

impl Engine {
    /// This process is about to end: scheduled runs that it cancels from now on are tried again by the next one.
    pub fn leave(&self) {
        self.leaving.store(true, std::sync::atomic::Ordering::Relaxed);
    }

    /// Records how scheduled runs stand whose jobs have ended, before the process does.
    pub fn settle_schedules(&self) -> Outcome<()> {
        for open in self.store().read(schedules::open)? {
            let seen = self.store().read(|connection| schedules::seen(connection, &open.system))?;
            let rhythm = seen.iter().find(|schedule| schedule.name == open.schedule).and_then(|schedule| schedule.rhythm().ok());
            run::settle(self, open.id, rhythm.as_ref())?;
        }
        Ok(())
    }
}
