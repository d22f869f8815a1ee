//! `/proc/stat`: what the processors do (proc_stat(5)).

use crate::gathered::Gathered;

/// Ticks a second in what the kernel tells (`USER_HZ`), whatever its own clock is.
const HERTZ: f64 = 100.0;

/// The columns, in their order. Time of guests is in `user` already.
const MODES: [&str; 8] = ["user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"];

/// Seconds of each processor in each mode, and when the machine was started.
pub(super) fn read(stat: &str, into: &mut Gathered) {
    for line in stat.lines() {
        let mut fields = line.split_ascii_whitespace();
        match fields.next() {
            Some("btime") => {
                if let Some(at) = fields.next().and_then(|field| field.parse().ok()) {
                    into.gauge("node_boot_time_seconds", &[], at);
                }
            }
            Some(name) => {
                let Some(cpu) = name.strip_prefix("cpu").filter(|number| !number.is_empty()) else { continue };
                for (mode, ticks) in MODES.iter().zip(fields) {
                    if let Ok(ticks) = ticks.parse::<f64>() {
                        into.counter("node_cpu_seconds_total", &[("cpu", cpu), ("mode", mode)], ticks / HERTZ);
                    }
                }
            }
            None => {}
        }
    }
}
