//! `/proc/loadavg` (proc_loadavg(5)).

use crate::gathered::Gathered;

/// How many threads wanted to run, in the mean of one, five and fifteen minutes.
pub(super) fn read(loadavg: &str, into: &mut Gathered) {
    for (name, value) in ["node_load1", "node_load5", "node_load15"].iter().zip(loadavg.split_ascii_whitespace()) {
        if let Ok(value) = value.parse() {
            into.gauge(name, &[], value);
        }
    }
}
