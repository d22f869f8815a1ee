//! What a program began and let go of: in a session of its own it is in no group of ours any more, but it still carries the mark in its environment.

/// How often is looked again while some are found: each may have begun another one meanwhile.
#[cfg(target_os = "linux")]
const ROUNDS: u32 = 20;

/// Ends every process of this user whose environment has this entry.
#[cfg(target_os = "linux")]
pub(super) fn end(entry: &[u8]) {
    for _ in 0..ROUNDS {
        if !end_those_there(entry) {
            return;
        }
    }
}

/// Where a process's environment cannot be read, its group has to suffice.
#[cfg(not(target_os = "linux"))]
pub(super) fn end(_: &[u8]) {}

/// True where one was there.
#[cfg(target_os = "linux")]
fn end_those_there(entry: &[u8]) -> bool {
    use rustix::process::{Pid, PidfdFlags, Signal};

    let Ok(processes) = std::fs::read_dir("/proc") else { return false };
    let pids = processes.filter_map(|process| process.ok()?.file_name().to_str()?.parse::<i32>().ok());
    let mut found = false;
    for pid in pids.filter_map(Pid::from_raw) {
        // Held before its environment is read, so that it is the same one that is ended; those of other users cannot be read.
        let Ok(held) = rustix::process::pidfd_open(pid, PidfdFlags::empty()) else { continue };
        let Ok(environment) = std::fs::read(format!("/proc/{}/environ", pid.as_raw_nonzero())) else { continue };
        if environment.split(|byte| *byte == 0).any(|each| each == entry) {
            found |= rustix::process::pidfd_send_signal(&held, Signal::KILL).is_ok();
        }
    }
    found
}
