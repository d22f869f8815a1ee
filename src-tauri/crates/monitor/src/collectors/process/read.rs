//! What the kernel tells of a process (proc(5)). Nothing where it has ended, or belongs to somebody who does not show it.

use std::fs;

/// Ticks in a second: what the kernel counts in for programs (`USER_HZ`), 100 on every platform that we build for.
const TICKS: f64 = 100.0;

/// A part of `/proc/PID/stat`.
#[derive(Debug, Clone, PartialEq)]
pub struct Stat {
    /// Seconds of processor time, in its own code and in the kernel's.
    pub cpu: f64,
    /// How many threads it has.
    pub threads: f64,
    /// Bytes of address space.
    pub virtual_memory: f64,
    /// When it began, in ticks since the machine started.
    pub start_ticks: u64,
}

/// Its numbers; nothing for one that has ended and only waits for its parent.
pub fn stat(pid: u32) -> Option<Stat> {
    parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// Its name may hold blanks and brackets: the last bracket ends it.
fn parse(text: &str) -> Option<Stat> {
    let words: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let number = |field: usize| words.get(field - 3)?.parse::<u64>().ok();
    if matches!(*words.first()?, "Z" | "X") {
        return None;
    }
    Some(Stat {
        cpu: (number(14)? + number(15)?) as f64 / TICKS,
        threads: number(20)? as f64,
        start_ticks: number(22)?,
        virtual_memory: number(23)? as f64,
    })
}

/// Bytes of memory that it occupies.
pub fn resident(pid: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?.trim().strip_suffix(" kB")?;
    Some(kilobytes.parse::<f64>().ok()? * 1_024.0)
}

/// When it began, in seconds since 1970.
pub fn start(stat: &Stat) -> Option<f64> {
    let machine = fs::read_to_string("/proc/stat").ok()?;
    let boot: f64 = machine.lines().find_map(|line| line.strip_prefix("btime "))?.trim().parse().ok()?;
    Some(boot + stat.start_ticks as f64 / TICKS)
}

/// How many files it has open.
pub fn open_files(pid: u32) -> Option<f64> {
    Some(fs::read_dir(format!("/proc/{pid}/fd")).ok()?.count() as f64)
}

/// How many it may have open; infinity where nobody set a limit.
pub fn most_files(pid: u32) -> Option<f64> {
    let limits = fs::read_to_string(format!("/proc/{pid}/limits")).ok()?;
    match limits.lines().find_map(|line| line.strip_prefix("Max open files"))?.split_whitespace().next()? {
        "unlimited" => Some(f64::INFINITY),
        most => most.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_does_not_move_the_numbers() {
        let text = "42 (a) b (c) R 1 1 1 0 -1 4194304 100 0 0 0 150 50 0 0 20 0 7 0 3528430 3133440 408 18446744073709551615 9";
        assert_eq!(parse(text), Some(Stat { cpu: 2.0, threads: 7.0, virtual_memory: 3_133_440.0, start_ticks: 3_528_430 }));
    }

    #[test]
    fn one_that_has_ended_is_none() {
        assert_eq!(parse("42 (a) Z 1 1 1 0 -1 4194304 100 0 0 0 150 50 0 0 20 0 7 0 3528430 0 0"), None);
        assert_eq!(parse("42 (a"), None);
    }
}
