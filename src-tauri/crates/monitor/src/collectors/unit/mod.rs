//! A unit of systemd: its state as systemd tells it over D-Bus; where there is no bus, what its control group shows.

mod bus;
mod cgroup;
#[cfg(test)]
mod tests;

use std::{future::Future, path::PathBuf, time::Duration};

use quarterdeck_model::{Fault, Outcome};
use zbus::Connection;

use super::{Online, Visit, Visiting, http::client::within};
use crate::gathered::Gathered;

/// Whose units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bus {
    /// The machine's.
    System,
    /// This user's.
    User,
}

/// States of which a unit has one, as node_exporter names them.
const STATES: [&str; 5] = ["active", "activating", "deactivating", "failed", "inactive"];

/// What is known of a unit.
#[derive(Debug, Clone, Default, PartialEq)]
struct State {
    /// One of [`STATES`], or one that systemd has besides, such as `reloading`.
    active: String,
    /// `simple`, `notify`, …; empty for what is no service.
    kind: String,
    restarts: Option<f64>,
    started: Option<f64>,
    memory: Option<f64>,
    cpu: Option<f64>,
}

/// Asks for one unit.
pub struct Unit {
    name: String,
    bus: Bus,
    groups: PathBuf,
}

impl Unit {
    /// Of a unit that need not be known; a name without an ending is a service. Fault `bad-unit`.
    pub fn new(name: &str, bus: Bus) -> Outcome<Self> {
        let legal = |c: char| c.is_ascii_alphanumeric() || ":-_.\\@".contains(c);
        if name.is_empty() || name.len() > 255 || !name.chars().all(legal) {
            return Err(
                Fault::usage("bad-unit", format!("{name:?} is no name of a unit.")).hint("Write it as `systemctl list-units` shows it.")
            );
        }
        let name = if name.contains('.') { name.to_owned() } else { format!("{name}.service") };
        Ok(Self { name, bus, groups: PathBuf::from("/sys/fs/cgroup") })
    }

    fn say(&self, state: &State, into: &mut Gathered) {
        let name = self.name.as_str();
        for known in STATES {
            let is = state.active == known;
            into.gauge("node_systemd_unit_state", &[("name", name), ("state", known), ("type", &state.kind)], if is { 1.0 } else { 0.0 });
        }
        if let Some(restarts) = state.restarts {
            into.counter("node_systemd_service_restart_total", &[("name", name)], restarts);
        }
        if let Some(started) = state.started {
            into.gauge("node_systemd_unit_start_time_seconds", &[("name", name)], started);
        }
        if let Some(memory) = state.memory {
            into.gauge("systemd_unit_memory_current_bytes", &[("name", name)], memory);
        }
        if let Some(cpu) = state.cpu {
            into.counter("systemd_unit_cpu_seconds_total", &[("name", name)], cpu);
        }
    }
}

impl Online for Unit {
    fn collect<'v>(&'v mut self, visit: &'v Visit, into: &'v mut Gathered) -> Visiting<'v> {
        Box::pin(self.look(bus::connect(self.bus), within(visit.limit), into))
    }
}

impl Unit {
    async fn look(&self, door: impl Future<Output = zbus::Result<Connection>>, limit: Duration, into: &mut Gathered) -> Outcome<()> {
        let told = tokio::time::timeout(limit, async { bus::ask(&door.await?, &self.name).await }).await;
        let why = match told {
            Ok(Ok(Some(state))) => {
                self.say(&state, into);
                return Ok(());
            }
            Ok(Ok(None)) => return Err(self.missing()),
            Ok(Err(error)) => error.to_string(),
            Err(_) => "it did not answer in time".to_owned(),
        };
        let Some(state) = cgroup::look(&self.groups, &self.name, self.bus) else { return Err(self.unknown(&why)) };
        self.say(&state, into);
        into.remarks.push(format!(
            "systemd could not be asked about {} ({why}): what is shown is what its control group tells; restarts and failures are not known.",
            self.name
        ));
        Ok(())
    }

    fn missing(&self) -> Fault {
        Fault::failed("no-unit", format!("systemd knows no unit {}.", self.name))
            .hint("Compare the name with `systemctl list-units --all`, and the bus: units of a user are on that user's.")
    }

    fn unknown(&self, why: &str) -> Fault {
        Fault::failed("unit-unknown", format!("The state of {} cannot be told: systemd could not be asked ({why}).", self.name))
            .hint("Look whether systemd runs on this machine and its bus can be reached, and which bus the unit is on.")
            .may_retry()
    }
}
