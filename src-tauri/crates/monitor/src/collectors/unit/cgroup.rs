//! What the control group of a unit shows (cgroup v2, the kernel's Documentation/admin-guide/cgroup-v2.rst): that it has processes, their
//! memory and processor time.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{Bus, State};

/// The state of a unit; nothing where this machine has no such groups. A unit without a group does not run.
pub fn look(groups: &Path, unit: &str, bus: Bus) -> Option<State> {
    let slice = match bus {
        Bus::System => groups.join("system.slice"),
        Bus::User => user_slice(groups)?,
    };
    // Only where systemd makes the groups does a missing one say anything.
    slice.join("cgroup.controllers").exists().then_some(())?;
    let group = match bus {
        Bus::System => slice.join(unit),
        Bus::User => [slice.join("app.slice").join(unit), slice.join(unit)].into_iter().find(|group| group.exists())?,
    };
    let runs = value(&fs::read_to_string(group.join("cgroup.events")).unwrap_or_default(), "populated") == Some(1.0);
    Some(State {
        active: if runs { "active" } else { "inactive" }.to_owned(),
        memory: fs::read_to_string(group.join("memory.current")).ok().and_then(|text| text.trim().parse().ok()),
        cpu: value(&fs::read_to_string(group.join("cpu.stat")).unwrap_or_default(), "usage_usec").map(|micros| micros / 1e6),
        ..State::default()
    })
}

fn user_slice(groups: &Path) -> Option<PathBuf> {
    let user = rustix::process::getuid().as_raw();
    Some(groups.join(format!("user.slice/user-{user}.slice/user@{user}.service")))
}

/// The number behind a word at the beginning of a line.
fn value(text: &str, word: &str) -> Option<f64> {
    text.lines().find_map(|line| line.strip_prefix(word)?.trim().parse().ok())
}
