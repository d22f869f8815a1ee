//! Somebody else hears that the alerting lives: where no call comes, they alert.

use std::{
    collections::HashMap,
    path::Path,
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
};

use quarterdeck_model::{Instant, Outcome, system::Name};
use quarterdeck_monitor::notify::channel::{
    Delivery,
    heartbeat::{Heartbeat, Visited},
};

use super::board::Board;
use crate::Engine;

/// Where rules were not evaluated for so long, nobody says that they are; in milliseconds.
const QUIET: i64 = 5 * 60_000;

/// Whose visit is over, and how it went.
type Landed = (Name, Visited);

/// Addresses and when each was called last.
pub(super) struct Heartbeats {
    visited: HashMap<Name, Visited>,
    under_way: HashMap<Name, i64>,
    landed: (Sender<Landed>, Receiver<Landed>),
}

impl Default for Heartbeats {
    fn default() -> Self {
        Self { visited: HashMap::new(), under_way: HashMap::new(), landed: channel() }
    }
}

impl Heartbeats {
    /// Calls those that are due, while rules are evaluated.
    pub(super) fn beat(&mut self, engine: &Arc<Engine>, board: &Board, now: Instant) -> Outcome<()> {
        for (name, visited) in self.landed.1.try_iter() {
            self.under_way.remove(&name);
            self.visited.insert(name, visited);
        }
        let at = now.timestamp_millis();
        if at - board.evaluated > QUIET {
            return Ok(());
        }
        for (name, system) in &board.systems {
            let Some(wanted) = &system.alerting.heartbeat else { continue };
            let folder = system.folder.as_deref().unwrap_or(Path::new(""));
            let heartbeat = Heartbeat::new(&wanted.address, folder, wanted.every, false);
            if self.under_way.contains_key(name) || heartbeat.due(at, self.visited.get(name).copied()) > at {
                continue;
            }
            self.under_way.insert(name.clone(), at);
            let (back, name, alerting) = (self.landed.0.clone(), name.clone(), Arc::clone(engine.shared_alerting()));
            let host = heartbeat.summary();
            engine.network()?.spawn(async move {
                let answered = matches!(heartbeat.visit(at).await, Delivery::Sent { .. });
                alerting.notified("heartbeat", &host, u64::from(answered), u64::from(!answered));
                // Nobody listens any more where this process tells no longer.
                let _ = back.send((name, Visited { at, answered }));
            });
        }
        Ok(())
    }
}
